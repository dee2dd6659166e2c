import { queryOptions } from "@tanstack/react-query";
import type { migration } from "@virtual-stores/api-client";
import { answered, api, client } from "~/lib/api.ts";
import { queryClient } from "~/lib/queries.ts";
import { eventsOf } from "./schema.ts";

type Schemas = migration.components["schemas"];
export type ImportView = Schemas["ImportView"];
export type ReportView = Schemas["ReportView"];
export type StartImport = Schemas["StartImport"];

export const importsQuery = queryOptions({
  queryKey: ["imports", "list"],
  queryFn: ({ signal }) =>
    answered(api.GET("/api/migration/admin/imports", { params: { query: { limit: 50 } }, signal })),
  refetchInterval: 15_000,
});

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ["imports", "one", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/migration/admin/imports/{id}", { params: { path: { id } }, signal })),
  });

export const reportQuery = (id: string) =>
  queryOptions({
    queryKey: ["imports", "report", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/migration/admin/imports/{id}/report", { params: { path: { id } }, signal })),
  });

export const issuesQuery = (id: string) =>
  queryOptions({
    queryKey: ["imports", "issues", id],
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: { limit: 100 } };
      return answered(api.GET("/api/migration/admin/imports/{id}/issues", { params, signal }));
    },
  });

export async function startImport(body: StartImport): Promise<ImportView> {
  const started = await answered(api.POST("/api/migration/woocommerce/import", { body }));
  await queryClient.invalidateQueries({ queryKey: importsQuery.queryKey });
  return started;
}

export async function stopImport(id: string): Promise<void> {
  importHeard(
    await answered(api.POST("/api/migration/admin/imports/{id}/stop", { params: { path: { id } } })),
  );
}

export async function resumeImport(id: string): Promise<void> {
  importHeard(
    await answered(api.POST("/api/migration/admin/imports/{id}/resume", { params: { path: { id } } })),
  );
}

export async function deleteImport(id: string): Promise<void> {
  await answered(api.DELETE("/api/migration/admin/imports/{id}", { params: { path: { id } } }));
  await queryClient.invalidateQueries({ queryKey: importsQuery.queryKey });
}

export function importHeard(view: ImportView): void {
  queryClient.setQueryData(importQuery(view.id).queryKey, view);
}

/** Listens to an import until it ends; the browser's own EventSource can send no token. */
export async function followImport(id: string, signal: AbortSignal): Promise<"ended" | "lost"> {
  const response = await client.fetch(`/api/migration/admin/imports/${id}/events`, { signal });
  if (!response.ok || !response.body) {
    return "lost";
  }
  for await (const event of eventsOf(response.body)) {
    importHeard(JSON.parse(event.data) as ImportView);
    if (event.name === "end") {
      return "ended";
    }
  }
  return "lost";
}
