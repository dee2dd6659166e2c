import { createFileRoute } from "@tanstack/react-router";
import { InvoicingSettingsPage } from "~/features/settings/invoicing.tsx";
import { textOf } from "~/lib/search.ts";

export const Route = createFileRoute("/_app/settings/invoicing")({
  validateSearch: (search): { moloni?: string } => ({ moloni: textOf(search.moloni) }),
  component: () => <InvoicingSettingsPage moloni={Route.useSearch().moloni} />,
});
