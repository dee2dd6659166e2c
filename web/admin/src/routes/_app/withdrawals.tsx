import { createFileRoute } from "@tanstack/react-router";
import { withdrawalSearch } from "~/features/withdrawals/api.ts";
import { WithdrawalsPage } from "~/features/withdrawals/index.tsx";

export const Route = createFileRoute("/_app/withdrawals")({
  validateSearch: withdrawalSearch,
  component: () => <WithdrawalsPage search={Route.useSearch()} />,
});
