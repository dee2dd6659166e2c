import { queryOptions } from "@tanstack/react-query";
import type { tenants } from "@virtual-stores/api-client";
import { answered, api, ifMatch } from "~/lib/api.ts";

type Schemas = tenants.components["schemas"];
export type StoreSettings = Schemas["StoreSettings"];
export type StoreSettingsView = Schemas["StoreSettingsView"];

export const storeSettingsQuery = queryOptions({
  queryKey: ["settings", "store"],
  queryFn: ({ signal }) => answered(api.GET("/api/tenants/admin/settings", { signal })),
});

export function saveStoreSettings(version: number, body: StoreSettings): Promise<StoreSettingsView> {
  return answered(api.PUT("/api/tenants/admin/settings", { params: { header: ifMatch(version) }, body }));
}
