import { createFileRoute } from "@tanstack/react-router";
import { Imports } from "~/features/imports/index.tsx";

export const Route = createFileRoute("/_app/imports/")({ component: Imports });
