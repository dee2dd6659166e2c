import type { orders } from "@virtual-stores/api-client";
import { answered, api } from "~/lib/api.ts";

/** A shopper's declaration that the contract is withdrawn from. */
export type Withdrawal = orders.components["schemas"]["WithdrawalDetail"];
export type WithdrawalList = orders.components["schemas"]["List_WithdrawalDetail"];

export function listWithdrawals(
  query: { status?: "open" | "closed"; after?: string },
  signal: AbortSignal,
): Promise<WithdrawalList> {
  return answered(
    api.GET("/api/orders/admin/withdrawals", {
      params: { query: { ...query, limit: 25 } },
      signal,
    }),
  );
}

export function closeWithdrawal(id: string, note: string): Promise<Withdrawal> {
  return answered(
    api.POST("/api/orders/admin/withdrawals/{id}/close", {
      params: { path: { id } },
      body: { note },
    }),
  );
}
