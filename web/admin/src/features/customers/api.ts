import { queryOptions } from "@tanstack/react-query";
import { answered, api } from "~/lib/api.ts";
import { textOf } from "~/lib/search.ts";

export interface CustomerSearch {
  email?: string;
  after?: string;
}

export function customerSearch(search: Record<string, unknown>): CustomerSearch {
  return { email: textOf(search.email), after: textOf(search.after) };
}

export const customersQuery = (search: CustomerSearch) =>
  queryOptions({
    queryKey: ["customers", search],
    queryFn: ({ signal }) => {
      const query = { ...search, limit: 25 };
      return answered(api.GET("/api/orders/admin/customers", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
  });
