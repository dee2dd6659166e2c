import { queryOptions, useQuery } from "@tanstack/react-query";
import { answered, api } from "~/lib/api.ts";

const USUAL = "EUR";

/** The store's currency, as the first of its products has it: no admin route tells it by itself. */
const currencyQuery = queryOptions({
  queryKey: ["currency"],
  queryFn: async () => {
    const query = { limit: 1 };
    const list = await answered(api.GET("/api/catalog/admin/products", { params: { query } }));
    const id = list.items[0]?.id;
    if (!id) {
      return USUAL;
    }
    const product = await answered(api.GET("/api/catalog/admin/products/{id}", { params: { path: { id } } }));
    return product.variants[0]?.price.currency ?? USUAL;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** `known` is taken when there is one. */
export function useStoreCurrency(known?: string): string {
  const query = useQuery({ ...currencyQuery, enabled: known === undefined });
  return known ?? query.data ?? USUAL;
}
