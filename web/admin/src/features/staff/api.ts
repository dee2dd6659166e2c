import { queryOptions } from "@tanstack/react-query";
import type { tenants } from "@virtual-stores/api-client";
import { answered, api, ifMatch, keyed } from "~/lib/api.ts";

type Schemas = tenants.components["schemas"];
export type StaffView = Schemas["StaffView"];
export type InvitedStaff = Schemas["InvitedStaff"];
export type InviteStaff = Schemas["InviteStaff"];
export type ChangeStaff = Schemas["ChangeStaff"];

/** A store's roles, from the one who may do all to the one who looks. */
export const ROLES = ["owner", "manager", "catalog", "fulfilment", "accounting", "viewer"] as const;
export type StoreRole = (typeof ROLES)[number];

export const staffQuery = (after: string | undefined) =>
  queryOptions({
    queryKey: ["staff", after],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/tenants/admin/staff", { params: { query: { after, limit: 50 } }, signal })),
  });

export function inviteStaff(body: InviteStaff, key: string): Promise<InvitedStaff> {
  return answered(api.POST("/api/tenants/admin/staff", { params: { header: keyed(key) }, body }));
}

export function changeStaff(person: StaffView, body: ChangeStaff): Promise<StaffView> {
  const params = { path: { id: person.id }, header: ifMatch(person.version) };
  return answered(api.PATCH("/api/tenants/admin/staff/{id}", { params, body }));
}

export function removeStaff(id: string): Promise<unknown> {
  return answered(api.DELETE("/api/tenants/admin/staff/{id}", { params: { path: { id } } }));
}

export function renewPassword(id: string, key: string): Promise<InvitedStaff> {
  const params = { path: { id }, header: keyed(key) };
  return answered(api.POST("/api/tenants/admin/staff/{id}/temporary-password", { params }));
}
