import { createFileRoute } from "@tanstack/react-router";
import { Stock } from "~/features/stock/index.tsx";
import { stockSearch } from "~/features/stock/schema.ts";

export const Route = createFileRoute("/_app/stock")({
  validateSearch: stockSearch,
  component: () => <Stock search={Route.useSearch()} />,
});
