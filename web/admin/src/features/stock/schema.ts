import { textOf } from "~/lib/search.ts";

export interface StockSearch {
  sku?: string;
  after?: string;
}

export function stockSearch(search: Record<string, unknown>): StockSearch {
  return { sku: textOf(search.sku), after: textOf(search.after) };
}

/** Below this a line is marked. */
export const LOW_STOCK = 5;
