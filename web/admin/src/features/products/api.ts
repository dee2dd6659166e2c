import { queryOptions } from "@tanstack/react-query";
import type { catalog } from "@virtual-stores/api-client";
import { answered, api, client, ifMatch, keyed } from "~/lib/api.ts";
import { queryClient } from "~/lib/queries.ts";
import type { ProductSearch } from "./search.ts";

type Schemas = catalog.components["schemas"];
export type ProductView = Schemas["ProductView"];
export type ProductSummary = Schemas["ProductSummary"];
export type WriteProduct = Schemas["WriteProduct"];
export type MediaView = Schemas["MediaView"];
type ImageType = Schemas["CreateMedia"]["content_type"];

export const productsQuery = (search: ProductSearch) =>
  queryOptions({
    queryKey: ["products", "list", search],
    queryFn: ({ signal }) => {
      const { category, ...rest } = search;
      const query = { ...rest, category_id: category, limit: 25, count: true };
      return answered(api.GET("/api/catalog/admin/products", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
  });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ["products", "one", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/catalog/admin/products/{id}", { params: { path: { id } }, signal })),
  });

export const mediaQuery = (id: string) =>
  queryOptions({
    queryKey: ["media", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/catalog/admin/media/{id}", { params: { path: { id } }, signal })),
    // What is published under a name never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });

export function createProduct(body: WriteProduct, key: string): Promise<ProductView> {
  return answered(api.POST("/api/catalog/admin/products", { params: { header: keyed(key) }, body }));
}

export function updateProduct(id: string, version: number, body: WriteProduct): Promise<ProductView> {
  const params = { path: { id }, header: ifMatch(version) };
  return answered(api.PUT("/api/catalog/admin/products/{id}", { params, body }));
}

export function deleteProduct(id: string, version: number): Promise<unknown> {
  const params = { path: { id }, header: ifMatch(version) };
  return answered(api.DELETE("/api/catalog/admin/products/{id}", { params }));
}

/** What was saved is shown at once; lists are read again. */
export function productSaved(product: ProductView): void {
  queryClient.setQueryData(productQuery(product.id).queryKey, product);
  queryClient.invalidateQueries({ queryKey: ["products", "list"] });
}

/** Announces an image, puts its bytes where the service says, and has it checked. */
export async function uploadImage(file: File, key: string): Promise<MediaView> {
  const body = { content_type: file.type as ImageType, size: file.size };
  const begun = await answered(
    api.POST("/api/catalog/admin/media", { params: { header: keyed(key) }, body }),
  );
  if (begun.upload) {
    await client.put(begun.upload.url, begun.upload.headers, file);
  }
  const params = { path: { id: begun.id } };
  return answered(api.POST("/api/catalog/admin/media/{id}/complete", { params }));
}
