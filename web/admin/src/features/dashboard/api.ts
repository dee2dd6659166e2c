import { queryOptions } from "@tanstack/react-query";
import type { OrderSummary } from "~/features/orders/api.ts";
import { answered, api } from "~/lib/api.ts";

type OrderFilter = { status?: string; fulfilment?: string };

const PAGES_MAX = 5;
const PAGE_SIZE = 100;

/** How many orders are in a state; one row is asked for, as the count is what matters. */
export const orderCountQuery = (filter: OrderFilter) =>
  queryOptions({
    queryKey: ["orders", "list", "count", filter],
    queryFn: async ({ signal }) => {
      const query = { ...filter, limit: 1, count: true };
      const list = await answered(api.GET("/api/orders/admin/orders", { params: { query }, signal }));
      return list.count ?? 0;
    },
    refetchInterval: 60_000,
  });

export interface Placed {
  orders: OrderSummary[];
  /** Whether there were more than are counted here. */
  isCut: boolean;
}

/** What was placed since an instant, at most the newest five hundred. */
export const placedSinceQuery = (since: string) =>
  queryOptions({
    queryKey: ["orders", "list", "since", since],
    queryFn: async ({ signal }): Promise<Placed> => {
      const orders: OrderSummary[] = [];
      let after: string | undefined;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query = { placed_from: since, limit: PAGE_SIZE, after };
        const list = await answered(api.GET("/api/orders/admin/orders", { params: { query }, signal }));
        orders.push(...list.items);
        after = list.next ?? undefined;
        if (!after) {
          return { orders, isCut: false };
        }
      }
      return { orders, isCut: true };
    },
    refetchInterval: 60_000,
  });
