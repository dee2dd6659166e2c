import { queryOptions } from "@tanstack/react-query";
import type { orders } from "@virtual-stores/api-client";
import { answered, api, ifMatch, keyed } from "~/lib/api.ts";
import { queryClient } from "~/lib/queries.ts";
import { type OrderSearch, periodOf } from "./schema.ts";

type Schemas = orders.components["schemas"];
export type OrderDetail = Schemas["OrderDetailView"];
export type OrderSummary = Schemas["OrderSummary"];
export type RefundOrder = Schemas["RefundOrder"];

export const ordersQuery = (search: OrderSearch) =>
  queryOptions({
    queryKey: ["orders", "list", search],
    queryFn: ({ signal }) => {
      const { from, to, ...rest } = search;
      const query = { ...rest, ...periodOf(from, to), limit: 25, count: true };
      return answered(api.GET("/api/orders/admin/orders", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
    refetchInterval: 30_000,
  });

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ["orders", "one", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/orders/admin/orders/{id}", { params: { path: { id } }, signal })),
    // A payment, a refund or a document changes it from outside.
    refetchInterval: 10_000,
  });

export function fulfilOrder(order: OrderDetail, tracking: string): Promise<OrderDetail> {
  const params = { path: { id: order.id }, header: ifMatch(order.version) };
  return answered(api.POST("/api/orders/admin/orders/{id}/fulfil", { params, body: { tracking } }));
}

export function cancelOrder(order: OrderDetail): Promise<OrderDetail> {
  const params = { path: { id: order.id }, header: ifMatch(order.version) };
  return answered(api.POST("/api/orders/admin/orders/{id}/cancel", { params }));
}

export function refundOrder(id: string, body: RefundOrder, key: string) {
  const params = { path: { id }, header: keyed(key) };
  return answered(api.POST("/api/orders/admin/orders/{id}/refund", { params, body }));
}

/** Shows what an answer says, and reads again what hangs on it. */
export function orderChanged(order: OrderDetail | { id: string }): void {
  if ("timeline" in order) {
    queryClient.setQueryData(orderQuery(order.id).queryKey, order);
  } else {
    queryClient.invalidateQueries({ queryKey: ["orders", "one", order.id] });
  }
  queryClient.invalidateQueries({ queryKey: ["orders", "list"] });
  queryClient.invalidateQueries({ queryKey: ["stock"] });
}
