import { queryOptions } from "@tanstack/react-query";
import { oneOf, textOf } from "~/lib/search.ts";
import { listWithdrawals, type Withdrawal } from "./contract.ts";

export interface WithdrawalSearch {
  status?: "open" | "closed";
  after?: string;
}

export function withdrawalSearch(search: Record<string, unknown>): WithdrawalSearch {
  return { status: oneOf(search.status, ["open", "closed"]), after: textOf(search.after) };
}

export const withdrawalsQuery = (search: WithdrawalSearch) =>
  queryOptions({
    queryKey: ["withdrawals", search],
    queryFn: ({ signal }) => listWithdrawals({ status: search.status, after: search.after }, signal),
    placeholderData: (before) => before,
  });

/** Its last day for the refund is over, and nobody has dealt with it. */
export function isOverdue(
  { status, refund_by }: Pick<Withdrawal, "status" | "refund_by">,
  now: Date,
): boolean {
  const [year, month, day] = refund_by.split("-").map(Number);
  return status === "open" && now >= new Date(year ?? 0, (month ?? 1) - 1, (day ?? 1) + 1);
}
