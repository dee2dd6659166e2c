import { createFileRoute } from "@tanstack/react-router";
import { STRIPE_STATES } from "~/features/platform/schema.ts";
import { StripeEvents } from "~/features/platform/stripe.tsx";
import { oneOf } from "~/lib/search.ts";

export const Route = createFileRoute("/_app/platform/webhooks")({
  validateSearch: (search): { state?: (typeof STRIPE_STATES)[number] } => ({
    state: oneOf(search.state, STRIPE_STATES),
  }),
  component: () => <StripeEvents state={Route.useSearch().state} />,
});
