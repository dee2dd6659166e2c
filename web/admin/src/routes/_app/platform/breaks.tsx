import { createFileRoute } from "@tanstack/react-router";
import { Breaks } from "~/features/platform/breaks.tsx";

export const Route = createFileRoute("/_app/platform/breaks")({ component: Breaks });
