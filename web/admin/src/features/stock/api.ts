import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { orders } from "@virtual-stores/api-client";
import { answered, api, ifMatch, keyed } from "~/lib/api.ts";
import type { StockSearch } from "./schema.ts";

type Schemas = orders.components["schemas"];
export type StockRow = Schemas["NamedStockView"];
export type StockView = Schemas["StockView"];
export type MovementView = Schemas["MovementView"];

export const stockQuery = (search: StockSearch) =>
  queryOptions({
    queryKey: ["stock", "list", search],
    queryFn: ({ signal }) => {
      const query = { ...search, limit: 50, count: true };
      return answered(api.GET("/api/orders/admin/stock", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
  });

export const stockOfSkuQuery = (sku: string) =>
  queryOptions({
    queryKey: ["stock", "sku", sku],
    queryFn: async ({ signal }) => {
      const query = { sku, limit: 1 };
      const list = await answered(api.GET("/api/orders/admin/stock", { params: { query }, signal }));
      return list.items[0] ?? null;
    },
  });

export const movementsQuery = (variant: string) =>
  infiniteQueryOptions({
    queryKey: ["stock", "movements", variant],
    queryFn: ({ signal, pageParam }) => {
      const params = { path: { variant }, query: { limit: 30, after: pageParam } };
      return answered(api.GET("/api/orders/admin/stock/{variant}/movements", { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function adjustStock(
  variant: string,
  change: number,
  reason: string,
  key: string,
): Promise<StockView> {
  const params = { path: { variant }, header: keyed(key) };
  const body = { change, reason };
  return answered(api.POST("/api/orders/admin/stock/{variant}/adjustments", { params, body }));
}

/** Without a threshold, the one that is there stays. */
export function countStock(
  row: StockRow,
  on_hand: number,
  reason: string,
  low_stock_threshold?: number,
): Promise<StockView> {
  const params = { path: { variant: row.variant_id }, header: ifMatch(row.version) };
  const body = { on_hand, reason, low_stock_threshold };
  return answered(api.PUT("/api/orders/admin/stock/{variant}", { params, body }));
}
