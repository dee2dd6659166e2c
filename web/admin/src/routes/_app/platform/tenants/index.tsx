import { createFileRoute } from "@tanstack/react-router";
import { tenantSearch } from "~/features/platform/schema.ts";
import { Tenants } from "~/features/platform/tenants.tsx";

export const Route = createFileRoute("/_app/platform/tenants/")({
  validateSearch: tenantSearch,
  component: () => <Tenants search={Route.useSearch()} />,
});
