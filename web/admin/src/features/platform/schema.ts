import { oneOf, textOf } from "~/lib/search.ts";

export const SERVICES = [
  "tenants",
  "catalog",
  "orders",
  "payments",
  "invoicing",
  "mail",
  "migration",
] as const;
export type Service = (typeof SERVICES)[number];

export const TENANT_STATUSES = ["active", "suspended", "archived", "deleted"] as const;
export const JOB_STATES = ["parked", "queued", "done"] as const;
export type JobState = (typeof JOB_STATES)[number];
export const STRIPE_STATES = ["received", "applied", "ignored", "mismatch", "failed"] as const;
export const REASONS = ["billing", "abuse", "owner"] as const;

/** The plans and templates of the seed data; the service refuses what it does not know, and says what it does. */
export const PLANS = ["starter", "business", "professional", "enterprise"] as const;
export const TEMPLATES = [
  "essential",
  "tactical",
  "atelier",
  "market",
  "circuit",
  "artisan",
  "playground",
  "warehouse",
] as const;

export interface TenantSearch {
  status?: (typeof TENANT_STATUSES)[number];
  after?: string;
}

export function tenantSearch(search: Record<string, unknown>): TenantSearch {
  return { status: oneOf(search.status, TENANT_STATUSES), after: textOf(search.after) };
}

export interface ServiceSearch {
  service?: Service;
  state?: string;
  after?: string;
}

export function serviceSearch(search: Record<string, unknown>): ServiceSearch {
  return {
    service: oneOf(search.service, SERVICES),
    state: textOf(search.state),
    after: textOf(search.after),
  };
}

/** "Café & Cª" → "cafe-c": what a store's address could be, to be changed by whoever types. */
export function slugOf(name: string): string {
  const plain = name
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63)
    .replace(/-+$/, "");
}
