import { createFileRoute } from "@tanstack/react-router";
import { Products } from "~/features/products/index.tsx";
import { productSearch } from "~/features/products/search.ts";

export const Route = createFileRoute("/_app/products/")({
  validateSearch: productSearch,
  component: () => <Products search={Route.useSearch()} />,
});
