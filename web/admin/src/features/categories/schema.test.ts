import { describe, expect, it } from "vitest";
import type { CategoryView } from "./api.ts";
import { branches, withBelow } from "./schema.ts";

const category = (id: string, parent_id: string | null, position: number): CategoryView => ({
  id,
  slug: id,
  name: id,
  parent_id,
  position,
  description_html: "",
  seo_title: "",
  seo_description: "",
  version: 1,
});

const tree = [
  category("b", null, 2),
  category("a1", "a", 1),
  category("a", null, 1),
  category("a11", "a1", 1),
];

describe("the tree of categories", () => {
  it("has children below their parents", () => {
    const lines = branches(tree).map((branch) => `${branch.depth}${branch.category.id}`);
    expect(lines).toEqual(["0a", "1a1", "2a11", "0b"]);
  });

  it("knows what cannot be a category's parent", () => {
    expect([...withBelow(tree, "a1")]).toEqual(["a1", "a11"]);
  });
});
