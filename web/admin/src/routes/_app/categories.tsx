import { createFileRoute } from "@tanstack/react-router";
import { Categories } from "~/features/categories/index.tsx";

export const Route = createFileRoute("/_app/categories")({ component: Categories });
