import { createFileRoute } from "@tanstack/react-router";
import { DesignPage } from "~/features/design/index.tsx";

export const Route = createFileRoute("/_app/design")({ component: DesignPage });
