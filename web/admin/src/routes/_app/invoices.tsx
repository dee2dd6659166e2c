import { createFileRoute } from "@tanstack/react-router";
import { documentSearch } from "~/features/invoices/api.ts";
import { Invoices } from "~/features/invoices/index.tsx";

export const Route = createFileRoute("/_app/invoices")({
  validateSearch: documentSearch,
  component: () => <Invoices search={Route.useSearch()} />,
});
