import { expect, test } from "vitest";
import { designBody, designDraft, fieldsOf, inLanguage, moved, newSection } from "./schema.ts";

const view = {
  template: "tactical",
  sections: { home: [{ type: "hero", settings: { title: "Olá", limit: 8 } }] },
  tokens: { primary: "#B7C34A", accent: " " },
  version: 1,
  is_published: false,
};

test("what is read is what is sent, but for tokens without a value", () => {
  expect(designBody(designDraft(view))).toEqual({
    template: "tactical",
    sections: view.sections,
    tokens: { primary: "#B7C34A" },
  });
  expect(designBody(designDraft({ ...view, sections: null })).sections).toBeNull();
});

test("a section is moved within the page and not out of it", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
});

test("a new section has what its theme suggests, and settings of no description can still be changed", () => {
  const type = {
    type: "row",
    name: { pt: "Fila" },
    fields: [{ name: "limit", kind: "number" as const, label: {}, default: 4 }],
  };
  const section = newSection(type);
  expect(section.settings).toEqual({ limit: 4 });
  const fields = fieldsOf(type, { ...section, settings: { limit: 4, wide: true } });
  expect(fields.map((field) => [field.name, field.kind])).toEqual([
    ["limit", "number"],
    ["wide", "boolean"],
  ]);
});

test("a theme's text is told in the panel's language where there is one", () => {
  expect(inLanguage({ pt: "Fila", en: "Row" }, "pt-PT", "row")).toBe("Fila");
  expect(inLanguage({ en: "Row" }, "pt-PT", "row")).toBe("Row");
  expect(inLanguage({}, "en", "row")).toBe("row");
});
