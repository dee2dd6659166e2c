import { queryOptions } from "@tanstack/react-query";
import type { catalog } from "@virtual-stores/api-client";
import { answered, api, ifMatch, keyed } from "~/lib/api.ts";

type Schemas = catalog.components["schemas"];
export type CategoryView = Schemas["CategoryView"];
export type WriteCategory = Schemas["WriteCategory"];

export const categoriesQuery = queryOptions({
  queryKey: ["categories"],
  queryFn: ({ signal }) => answered(api.GET("/api/catalog/admin/categories", { signal })),
});

export function createCategory(body: WriteCategory, key: string): Promise<CategoryView> {
  return answered(api.POST("/api/catalog/admin/categories", { params: { header: keyed(key) }, body }));
}

export function updateCategory(id: string, version: number, body: WriteCategory): Promise<CategoryView> {
  const params = { path: { id }, header: ifMatch(version) };
  return answered(api.PUT("/api/catalog/admin/categories/{id}", { params, body }));
}

export function deleteCategory(id: string, version: number): Promise<unknown> {
  const params = { path: { id }, header: ifMatch(version) };
  return answered(api.DELETE("/api/catalog/admin/categories/{id}", { params }));
}
