import type { CategoryView, WriteCategory } from "./api.ts";

export interface CategoryDraft {
  name: string;
  slug: string;
  parent_id: string | null;
  position: number;
  description_html: string;
  seo_title: string;
  seo_description: string;
}

export interface Branch {
  category: CategoryView;
  depth: number;
}

/** The tree as lines: children below their parents, in the merchant's order. */
export function branches(
  categories: readonly CategoryView[],
  parent: string | null = null,
  depth = 0,
): Branch[] {
  const here = categories
    .filter((category) => (category.parent_id ?? null) === parent)
    .sort((one, other) => one.position - other.position || one.name.localeCompare(other.name));
  return here.flatMap((category) => [{ category, depth }, ...branches(categories, category.id, depth + 1)]);
}

export function categoryChoices(categories: readonly CategoryView[]): { value: string; label: string }[] {
  return branches(categories).map(({ category, depth }) => ({
    value: category.id,
    label: `${"\u2003".repeat(depth)}${category.name}`,
  }));
}

/** A category and everything below it: none of these can be its parent. */
export function withBelow(categories: readonly CategoryView[], id: string): Set<string> {
  return new Set([id, ...branches(categories, id).map(({ category }) => category.id)]);
}

export function draftOf(category: CategoryView | null): CategoryDraft {
  return {
    name: category?.name ?? "",
    slug: category?.slug ?? "",
    parent_id: category?.parent_id ?? null,
    position: category?.position ?? 0,
    description_html: category?.description_html ?? "",
    seo_title: category?.seo_title ?? "",
    seo_description: category?.seo_description ?? "",
  };
}

export function bodyOf(draft: CategoryDraft): WriteCategory {
  return { ...draft, name: draft.name.trim(), slug: draft.slug.trim() || null };
}
