import { queryOptions } from "@tanstack/react-query";
import type { tenants } from "@virtual-stores/api-client";
import { answered, api, keyed } from "~/lib/api.ts";

type Schemas = tenants.components["schemas"];
export type DomainView = Schemas["DomainView"];
export type DnsRecord = Schemas["DnsRecord"];

export const domainsQuery = (after: string | undefined) =>
  queryOptions({
    queryKey: ["domains", after],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/tenants/admin/domains", { params: { query: { after, limit: 50 } }, signal })),
  });

export function addDomain(host: string, key: string): Promise<DomainView> {
  return answered(api.POST("/api/tenants/admin/domains", { params: { header: keyed(key) }, body: { host } }));
}

export function verifyDomain(id: string): Promise<DomainView> {
  return answered(api.POST("/api/tenants/admin/domains/{id}/verify", { params: { path: { id } } }));
}

export function makeDomainPrimary(id: string): Promise<DomainView> {
  return answered(api.POST("/api/tenants/admin/domains/{id}/primary", { params: { path: { id } } }));
}

export function removeDomain(id: string): Promise<unknown> {
  return answered(api.DELETE("/api/tenants/admin/domains/{id}", { params: { path: { id } } }));
}
