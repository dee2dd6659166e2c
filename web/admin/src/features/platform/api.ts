import { queryOptions } from "@tanstack/react-query";
import type { payments, tenants } from "@virtual-stores/api-client";
import { answered, api, ifMatch, keyed } from "~/lib/api.ts";
import { queryClient } from "~/lib/queries.ts";
import type { JobState, Service, TenantSearch } from "./schema.ts";

type Schemas = tenants.components["schemas"];
export type TenantView = Schemas["TenantView"];
export type CreatedTenant = Schemas["CreatedTenant"];
export type CreateTenant = Schemas["CreateTenant"];
export type Reason = Schemas["Reason"];
export type WebhookView = payments.components["schemas"]["WebhookView"];

export const tenantsQuery = (search: TenantSearch) =>
  queryOptions({
    queryKey: ["tenants", "list", search],
    queryFn: ({ signal }) => {
      const query = { ...search, limit: 25 };
      return answered(api.GET("/api/sysadmin/tenants", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
  });

export const tenantQuery = (id: string) =>
  queryOptions({
    queryKey: ["tenants", "one", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/sysadmin/tenants/{id}", { params: { path: { id } }, signal })),
  });

export function tenantChanged(tenant: TenantView): void {
  queryClient.setQueryData(tenantQuery(tenant.id).queryKey, tenant);
  queryClient.invalidateQueries({ queryKey: ["tenants", "list"] });
}

export function createTenant(body: CreateTenant, key: string): Promise<CreatedTenant> {
  return answered(api.POST("/api/sysadmin/tenants", { params: { header: keyed(key) }, body }));
}

export function changeTenant(
  id: string,
  version: number,
  body: { name: string; plan: string },
): Promise<TenantView> {
  const params = { path: { id }, header: ifMatch(version) };
  return answered(api.PATCH("/api/sysadmin/tenants/{id}", { params, body }));
}

export function suspendTenant(id: string, reason: Reason): Promise<TenantView> {
  return answered(
    api.POST("/api/sysadmin/tenants/{id}/suspend", { params: { path: { id } }, body: { reason } }),
  );
}

export function resumeTenant(id: string): Promise<TenantView> {
  return answered(api.POST("/api/sysadmin/tenants/{id}/resume", { params: { path: { id } } }));
}

export const healthQuery = queryOptions({
  queryKey: ["platform", "health"],
  queryFn: ({ signal }) => answered(api.GET("/api/health", { signal })),
  refetchInterval: 10_000,
});

// Every service has these routes under its own name, and all documents describe them alike: the types are
// those of tenants, the path is the service's.
const path = <P extends string>(service: Service, rest: P) =>
  `/api/${service}/sysadmin/${rest}` as unknown as `/api/tenants/sysadmin/${P}`;

export const outboxQuery = (service: Service) =>
  queryOptions({
    queryKey: ["platform", "outbox", service],
    queryFn: ({ signal }) => answered(api.GET(path(service, "outbox"), { signal })),
    refetchInterval: 10_000,
  });

export const jobsQuery = (service: Service, state: JobState | undefined, after: string | undefined) =>
  queryOptions({
    queryKey: ["platform", "jobs", service, state, after],
    queryFn: ({ signal }) => {
      const query = { state, after, limit: 25 };
      return answered(api.GET(path(service, "jobs"), { params: { query }, signal }));
    },
  });

export const deadLettersQuery = (service: Service, after: string | undefined) =>
  queryOptions({
    queryKey: ["platform", "dead-letters", service, after],
    queryFn: ({ signal }) => {
      const query = { after, limit: 25 };
      return answered(api.GET(path(service, "dead-letters"), { params: { query }, signal }));
    },
  });

export function replayLetter(service: Service, id: string) {
  return answered(api.POST(path(service, "dead-letters/{id}/replay"), { params: { path: { id } } }));
}

export function dropLetter(service: Service, id: string) {
  return answered(api.DELETE(path(service, "dead-letters/{id}"), { params: { path: { id } } }));
}

export function retryJob(service: Service, id: string) {
  return answered(api.POST(path(service, "jobs/{id}/retry"), { params: { path: { id } } }));
}

export function dropJob(service: Service, id: string) {
  return answered(api.DELETE(path(service, "jobs/{id}"), { params: { path: { id } } }));
}

export const stripeEventsQuery = (state: string | undefined) =>
  queryOptions({
    queryKey: ["platform", "stripe", state],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/payments/sysadmin/webhooks", { params: { query: { state } }, signal })),
  });

export function replayStripeEvent({ tenant_id, endpoint, event_id }: WebhookView) {
  return answered(
    api.POST("/api/payments/sysadmin/webhooks/replay", { body: { tenant_id, endpoint, event_id } }),
  );
}

export const breaksQuery = queryOptions({
  queryKey: ["platform", "breaks"],
  queryFn: ({ signal }) => answered(api.GET("/api/payments/sysadmin/breaks", { signal })),
});

export function closeBreak(id: string) {
  return answered(api.POST("/api/payments/sysadmin/breaks/{id}/close", { params: { path: { id } } }));
}

export function reconcile() {
  return answered(api.POST("/api/payments/sysadmin/reconcile"));
}

export const troublesQuery = queryOptions({
  queryKey: ["platform", "troubles"],
  queryFn: ({ signal }) => answered(api.GET("/api/invoicing/sysadmin/troubles", { signal })),
});

export function retryTrouble(id: string) {
  return answered(api.POST("/api/invoicing/sysadmin/troubles/{id}/retry", { params: { path: { id } } }));
}

export const mailOverviewQuery = queryOptions({
  queryKey: ["platform", "mails"],
  queryFn: ({ signal }) => answered(api.GET("/api/mail/sysadmin/overview", { signal })),
});

export function resumeTransport(transport: string) {
  return answered(
    api.POST("/api/mail/sysadmin/transports/{transport}/resume", { params: { path: { transport } } }),
  );
}

export function verifySender(id: string) {
  return answered(api.POST("/api/mail/sysadmin/tenants/{id}/verify-sender", { params: { path: { id } } }));
}
