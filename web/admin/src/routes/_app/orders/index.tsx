import { createFileRoute } from "@tanstack/react-router";
import { Orders } from "~/features/orders/index.tsx";
import { orderSearch } from "~/features/orders/schema.ts";

export const Route = createFileRoute("/_app/orders/")({
  validateSearch: orderSearch,
  component: () => <Orders search={Route.useSearch()} />,
});
