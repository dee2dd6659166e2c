import { answered, client } from "~/lib/api.ts";

/** A shopper's declaration that the contract is withdrawn from. */
export interface Withdrawal {
  id: string;
  order_id: string;
  order_number: string;
  name: string;
  email: string;
  lines: { line_id: string; title: string; variant_title: string; quantity: number }[];
  whole_order: boolean;
  statement: string | null;
  received_at: string;
  /** A day, such as 2026-12-14. */
  refund_by: string;
  status: "open" | "closed";
  note: string | null;
  closed_at: string | null;
}

export interface WithdrawalList {
  items: Withdrawal[];
  next: string | null;
}

// These go when the generated client knows the routes.

export function listWithdrawals(
  query: { status?: string; after?: string },
  signal: AbortSignal,
): Promise<WithdrawalList> {
  const search = new URLSearchParams({ limit: "25" });
  for (const [name, value] of Object.entries(query)) {
    if (value) {
      search.set(name, value);
    }
  }
  return ask<WithdrawalList>(`/api/orders/admin/withdrawals?${search}`, { signal });
}

export function closeWithdrawal(id: string, note: string): Promise<Withdrawal> {
  return ask<Withdrawal>(`/api/orders/admin/withdrawals/${encodeURIComponent(id)}/close`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ note }),
  });
}

function ask<T>(path: string, init: RequestInit): Promise<T> {
  const answer = async () => {
    const response = await client.fetch(path, init);
    return response.ok
      ? { data: (await response.json()) as T, response }
      : { error: await response.text(), response };
  };
  return answered<T>(answer());
}
