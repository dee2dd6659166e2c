import { queryOptions } from "@tanstack/react-query";
import {
  type invoicing,
  type mail,
  type orders,
  ProblemError,
  type tenants,
} from "@virtual-stores/api-client";
import { answered, api, ifMatch } from "~/lib/api.ts";
import { queryClient } from "~/lib/queries.ts";

type Orders = orders.components["schemas"];
type Mail = mail.components["schemas"];
type Invoicing = invoicing.components["schemas"];
export type Entitlement = tenants.components["schemas"]["Entitlement"];
export type AddonName = tenants.components["schemas"]["AddonName"];
export type ShippingView = Orders["ShippingView"];
export type RateView = Orders["RateView"];
export type NumberingView = Orders["SettingsView"];
export type MailSettings = Mail["SettingsView"];
export type SaveMailSettings = Mail["SaveSettings"];
export type InvoicingSettings = Invoicing["InvoicingSettingsView"];
export type SetInvoicingSettings = Invoicing["SetInvoicingSettings"];
export type CompanyDetail = Invoicing["CompanyDetail"];

export const numberingQuery = queryOptions({
  queryKey: ["settings", "orders"],
  queryFn: ({ signal }) => answered(api.GET("/api/orders/admin/settings", { signal })),
});

export function saveNumbering(version: number, order_prefix: string): Promise<NumberingView> {
  return answered(
    api.PUT("/api/orders/admin/settings", { params: { header: ifMatch(version) }, body: { order_prefix } }),
  );
}

export const shippingQuery = queryOptions({
  queryKey: ["settings", "shipping"],
  queryFn: ({ signal }) => answered(api.GET("/api/orders/admin/shipping", { signal })),
});

export function saveShipping(version: number, rates: RateView[]): Promise<ShippingView> {
  return answered(
    api.PUT("/api/orders/admin/shipping", { params: { header: ifMatch(version) }, body: { rates } }),
  );
}

export const mailSettingsQuery = queryOptions({
  queryKey: ["settings", "mail"],
  queryFn: ({ signal }) => answered(api.GET("/api/mail/admin/settings", { signal })),
});

export function saveMailSettings(version: number, body: SaveMailSettings): Promise<MailSettings> {
  return answered(api.PUT("/api/mail/admin/settings", { params: { header: ifMatch(version) }, body }));
}

/** Null until it was chosen. */
export const invoicingSettingsQuery = queryOptions({
  queryKey: ["settings", "invoicing"],
  queryFn: async ({ signal }): Promise<InvoicingSettings | null> => {
    try {
      return await answered(api.GET("/api/invoicing/admin/settings", { signal }));
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) {
        return null;
      }
      throw error;
    }
  },
});

export function saveInvoicingSettings(
  version: number | null,
  body: SetInvoicingSettings,
): Promise<InvoicingSettings> {
  const header = version === null ? undefined : ifMatch(version);
  return answered(api.PUT("/api/invoicing/admin/settings", { params: { header }, body }));
}

export const companiesQuery = queryOptions({
  queryKey: ["settings", "moloni", "companies"],
  queryFn: ({ signal }) => answered(api.GET("/api/invoicing/admin/moloni/companies", { signal })),
  staleTime: 300_000,
});

export const companyQuery = (company_id: number) =>
  queryOptions({
    queryKey: ["settings", "moloni", "company", company_id],
    queryFn: ({ signal }) =>
      answered(
        api.GET("/api/invoicing/admin/moloni/companies/{company_id}", {
          params: { path: { company_id: String(company_id) } },
          signal,
        }),
      ),
    staleTime: 300_000,
  });

/** The address at Moloni where the merchant agrees. */
export async function beginConnection(): Promise<string> {
  return (await answered(api.POST("/api/invoicing/admin/connection/authorize"))).url;
}

export async function endConnection(): Promise<void> {
  await answered(api.DELETE("/api/invoicing/admin/connection"));
  await queryClient.invalidateQueries({ queryKey: ["invoices"] });
}

export const entitlementsQuery = queryOptions({
  queryKey: ["settings", "plan"],
  queryFn: ({ signal }) => answered(api.GET("/api/tenants/admin/entitlements", { signal })),
});
