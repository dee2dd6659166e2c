import { createFileRoute } from "@tanstack/react-router";
import { NewImport } from "~/features/imports/new.tsx";

export const Route = createFileRoute("/_app/imports/new")({ component: NewImport });
