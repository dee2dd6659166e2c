import { queryOptions } from "@tanstack/react-query";
import type { invoicing } from "@virtual-stores/api-client";
import { answered, api, client } from "~/lib/api.ts";
import { queryClient } from "~/lib/queries.ts";
import { oneOf, textOf } from "~/lib/search.ts";

export type DocumentView = invoicing.components["schemas"]["DocumentView"];

export const DOCUMENT_STATUSES = ["waiting", "failed", "issued", "withdrawn"] as const;

export interface DocumentSearch {
  status?: (typeof DOCUMENT_STATUSES)[number];
  after?: string;
}

export function documentSearch(search: Record<string, unknown>): DocumentSearch {
  return { status: oneOf(search.status, DOCUMENT_STATUSES), after: textOf(search.after) };
}

export const documentsQuery = (search: DocumentSearch) =>
  queryOptions({
    queryKey: ["invoices", "documents", search],
    queryFn: ({ signal }) => {
      const query = { ...search, limit: 25 };
      return answered(api.GET("/api/invoicing/admin/documents", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
    refetchInterval: 20_000,
  });

/** The documents of an order, looked for among the newest, as the list has no filter for one. */
export const newestDocumentsQuery = queryOptions({
  queryKey: ["invoices", "documents", "newest"],
  queryFn: ({ signal }) =>
    answered(api.GET("/api/invoicing/admin/documents", { params: { query: { limit: 100 } }, signal })),
  refetchInterval: 15_000,
});

export const connectionQuery = queryOptions({
  queryKey: ["invoices", "connection"],
  queryFn: ({ signal }) => answered(api.GET("/api/invoicing/admin/connection", { signal })),
});

export const checksQuery = queryOptions({
  queryKey: ["invoices", "checks"],
  queryFn: ({ signal }) =>
    answered(api.GET("/api/invoicing/admin/checks", { params: { query: { limit: 14 } }, signal })),
});

export async function retryDocument(id: string): Promise<DocumentView> {
  const document = await answered(
    api.POST("/api/invoicing/admin/documents/{id}/retry", { params: { path: { id } } }),
  );
  await queryClient.invalidateQueries({ queryKey: ["invoices"] });
  return document;
}

export async function checkBooks(): Promise<void> {
  await answered(api.POST("/api/invoicing/admin/checks"));
  await queryClient.invalidateQueries({ queryKey: ["invoices"] });
}

/** Opens a document's PDF in a tab of its own. The tab is opened by the click itself, or browsers refuse it. */
export async function openPdf(document: DocumentView): Promise<void> {
  const tab = window.open("", "_blank");
  const response = await client.fetch(`/api/invoicing/admin/documents/${document.id}/pdf`);
  if (!response.ok) {
    tab?.close();
    throw new Error(`the PDF of ${document.id} answered ${response.status}`);
  }
  const url = URL.createObjectURL(await response.blob());
  if (tab) {
    tab.location.href = url;
  }
}
