import { createFileRoute } from "@tanstack/react-router";
import { PaymentSettings } from "~/features/settings/payments.tsx";
import { oneOf } from "~/lib/search.ts";

export const Route = createFileRoute("/_app/settings/payments")({
  validateSearch: (search): { onboarding?: "done" | "again" } => ({
    onboarding: oneOf(search.onboarding, ["done", "again"]),
  }),
  component: () => <PaymentSettings onboarding={Route.useSearch().onboarding} />,
});
