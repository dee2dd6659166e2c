import { queryOptions } from "@tanstack/react-query";
import type { mail } from "@virtual-stores/api-client";
import { answered, api, ifMatch, keyed } from "~/lib/api.ts";

type Schemas = mail.components["schemas"];
export type EndpointView = Schemas["EndpointView"];
export type EndpointSecret = Schemas["EndpointSecret"];
export type SaveEndpoint = Schemas["SaveEndpoint"];
export type DeliveryView = Schemas["DeliveryView"];

export const endpointsQuery = queryOptions({
  queryKey: ["webhooks", "list"],
  queryFn: ({ signal }) => answered(api.GET("/api/mail/admin/webhooks", { signal })),
});

export const typesQuery = queryOptions({
  queryKey: ["webhooks", "types"],
  queryFn: ({ signal }) => answered(api.GET("/api/mail/admin/webhook-types", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const deliveriesQuery = (id: string) =>
  queryOptions({
    queryKey: ["webhooks", "deliveries", id],
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: { limit: 50 } };
      return answered(api.GET("/api/mail/admin/webhooks/{id}/deliveries", { params, signal }));
    },
    refetchInterval: 5_000,
  });

export function createEndpoint(body: SaveEndpoint, key: string): Promise<EndpointSecret> {
  return answered(api.POST("/api/mail/admin/webhooks", { params: { header: keyed(key) }, body }));
}

export function saveEndpoint(endpoint: EndpointView, body: SaveEndpoint): Promise<EndpointView> {
  const params = { path: { id: endpoint.id }, header: ifMatch(endpoint.version) };
  return answered(api.PUT("/api/mail/admin/webhooks/{id}", { params, body }));
}

export function deleteEndpoint(id: string): Promise<unknown> {
  return answered(api.DELETE("/api/mail/admin/webhooks/{id}", { params: { path: { id } } }));
}

export function rotateSecret(id: string, key: string): Promise<EndpointSecret> {
  const params = { path: { id }, header: keyed(key) };
  return answered(api.POST("/api/mail/admin/webhooks/{id}/rotate-secret", { params }));
}

export function testEndpoint(id: string, key: string) {
  const params = { path: { id }, header: keyed(key) };
  return answered(api.POST("/api/mail/admin/webhooks/{id}/test", { params }));
}

export function resendDelivery(id: string, key: string) {
  const params = { path: { id }, header: keyed(key) };
  return answered(api.POST("/api/mail/admin/webhook-deliveries/{id}/resend", { params }));
}
