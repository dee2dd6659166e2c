import { createFileRoute } from "@tanstack/react-router";
import { customerSearch } from "~/features/customers/api.ts";
import { Customers } from "~/features/customers/index.tsx";

export const Route = createFileRoute("/_app/customers")({
  validateSearch: customerSearch,
  component: () => <Customers search={Route.useSearch()} />,
});
