import { createFileRoute } from "@tanstack/react-router";
import { Troubles } from "~/features/platform/troubles.tsx";

export const Route = createFileRoute("/_app/platform/invoices")({ component: Troubles });
