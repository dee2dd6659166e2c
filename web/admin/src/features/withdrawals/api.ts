import { queryOptions } from "@tanstack/react-query";
import { oneOf, textOf } from "~/lib/search.ts";
import { listWithdrawals } from "./contract.ts";

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
