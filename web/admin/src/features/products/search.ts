import { oneOf, textOf } from "~/lib/search.ts";

export const STATUSES = ["draft", "active", "archived"] as const;
export type Status = (typeof STATUSES)[number];

export interface ProductSearch {
  q?: string;
  status?: Status;
  category?: string;
  after?: string;
}

export function productSearch(search: Record<string, unknown>): ProductSearch {
  return {
    q: textOf(search.q),
    status: oneOf(search.status, STATUSES),
    category: textOf(search.category),
    after: textOf(search.after),
  };
}
