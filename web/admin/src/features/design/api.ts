import { queryOptions } from "@tanstack/react-query";
import type { tenants } from "@virtual-stores/api-client";
import { answered, api, ifMatch } from "~/lib/api.ts";

type Schemas = tenants.components["schemas"];
export type ThemeView = Schemas["ThemeView"];
export type Look = Schemas["Look"];
export type Template = Schemas["TemplateChoice"];

export type FieldKind = "text" | "long_text" | "number" | "boolean" | "color" | "url" | "choice" | "category";

/** A setting of a section, as the theme describes it. */
export interface SectionField {
  name: string;
  kind: FieldKind;
  label: Record<string, string>;
  default?: unknown;
  options?: string[];
  min?: number;
  max?: number;
}

export interface SectionType {
  type: string;
  name: Record<string, string>;
  fields: SectionField[];
}

export interface ThemeChoice {
  key: string;
  colors: Record<string, string>;
  /** The home page until it is composed anew. */
  home: { type: string; settings: Record<string, unknown> }[];
  sections: SectionType[];
}

export const themeQuery = queryOptions({
  queryKey: ["design", "theme"],
  queryFn: ({ signal }) => answered(api.GET("/api/tenants/admin/theme", { signal })),
});

export const templatesQuery = queryOptions({
  queryKey: ["design", "templates"],
  queryFn: ({ signal }) => answered(api.GET("/api/tenants/admin/templates", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What the storefront's themes offer. It stands beside the panel's own files; where it is missing, only
 * sections that are placed already can be changed. */
export const themesQuery = queryOptions({
  queryKey: ["design", "themes"],
  queryFn: async ({ signal }): Promise<ThemeChoice[]> => {
    const response = await fetch("/admin/themes.json", { signal });
    const isThere = response.ok && response.headers.get("content-type")?.includes("json");
    return isThere ? ((await response.json()) as { items: ThemeChoice[] }).items : [];
  },
  staleTime: 60_000,
});

export const versionsQuery = queryOptions({
  queryKey: ["design", "versions"],
  queryFn: ({ signal }) => answered(api.GET("/api/tenants/admin/theme/versions", { signal })),
});

/** A link to the draft; made anew before its hour is over. */
export const previewQuery = queryOptions({
  queryKey: ["design", "preview"],
  queryFn: () => answered(api.POST("/api/tenants/admin/theme/preview")),
  staleTime: 50 * 60_000,
  refetchInterval: 50 * 60_000,
});

export function saveTheme(version: number, body: Look): Promise<ThemeView> {
  return answered(api.PUT("/api/tenants/admin/theme", { params: { header: ifMatch(version) }, body }));
}

export function publishTheme(version: number): Promise<ThemeView> {
  return answered(api.POST("/api/tenants/admin/theme/publish", { params: { header: ifMatch(version) } }));
}

export function rollBackTheme(version: number, number: number): Promise<ThemeView> {
  const params = { header: ifMatch(version) };
  return answered(api.POST("/api/tenants/admin/theme/rollback", { params, body: { number } }));
}
