import { queryOptions } from "@tanstack/react-query";
import type { tenants } from "@virtual-stores/api-client";
import { answered, api } from "~/lib/api.ts";
import { textOf } from "~/lib/search.ts";

export type TrailEntry = tenants.components["schemas"]["TrailEntry"];

export interface TrailSearch {
  /** A deed, or the beginning of several: `product`, `product.update`. */
  action?: string;
  actor?: string;
  /** Days, such as 2026-11-30. */
  from?: string;
  to?: string;
  after?: string;
}

export interface PlatformTrailSearch extends TrailSearch {
  /** The store whose trail is read; the platform's own without it. */
  tenant?: string;
}

export function trailSearch(search: Record<string, unknown>): TrailSearch {
  return {
    action: textOf(search.action),
    actor: textOf(search.actor),
    from: dayOf(search.from),
    to: dayOf(search.to),
    after: textOf(search.after),
  };
}

export function platformTrailSearch(search: Record<string, unknown>): PlatformTrailSearch {
  return { ...trailSearch(search), tenant: textOf(search.tenant) };
}

function dayOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** The filter as the service reads it: whole days of the one who looks. */
export function trailFilter({ action, actor, from, to, after }: TrailSearch) {
  const midnight = (day: string, days: number) => {
    const [year, month, date] = day.split("-").map(Number);
    return new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + days).toISOString();
  };
  return {
    action,
    actor,
    since: from && midnight(from, 0),
    until: to && midnight(to, 1),
    after,
    limit: 50,
  };
}

export const trailQuery = (search: TrailSearch) =>
  queryOptions({
    queryKey: ["audit", "store", search],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/tenants/admin/audit", { params: { query: trailFilter(search) }, signal })),
    placeholderData: (before) => before,
  });

export const platformTrailQuery = ({ tenant, ...search }: PlatformTrailSearch) =>
  queryOptions({
    queryKey: ["audit", "platform", tenant, search],
    queryFn: ({ signal }) => {
      const query = { ...trailFilter(search), tenant_id: tenant };
      return answered(api.GET("/api/sysadmin/audit", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
  });
