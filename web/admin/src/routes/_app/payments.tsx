import { createFileRoute } from "@tanstack/react-router";
import { Payments } from "~/features/payments/index.tsx";
import { textOf } from "~/lib/search.ts";

export const Route = createFileRoute("/_app/payments")({
  validateSearch: (search): { after?: string } => ({ after: textOf(search.after) }),
  component: () => <Payments after={Route.useSearch().after} />,
});
