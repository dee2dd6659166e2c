import { describe, expect, it } from "vitest";
import { bodyOf, combinations, htmlOf, matrix, newProduct, newVariant, plainText } from "./schema.ts";

const colour = { name: "Cor", values: ["Preto", "Tan"] };
const size = { name: "Tamanho", values: ["S", "M"] };

describe("options", () => {
  it("combine in their order", () => {
    expect(combinations([])).toEqual([[]]);
    expect(combinations([colour, size])).toEqual([
      ["Preto", "S"],
      ["Preto", "M"],
      ["Tan", "S"],
      ["Tan", "M"],
    ]);
    expect(combinations([colour, { name: "Novo", values: [] }])).toHaveLength(2);
  });

  it("keep the variants that are there", () => {
    const black = { ...newVariant(["Preto"]), id: "1", sku: "M4-B", price: "10" };
    const tan = { ...newVariant(["Tan"]), id: "2", sku: "M4-T", price: "12" };
    const reversed = matrix([{ name: "Cor", values: ["Tan", "Verde", "Preto"] }], [black, tan]);
    expect(reversed.map((variant) => variant.id)).toEqual(["2", null, "1"]);
    expect(reversed[1]).toMatchObject({ sku: "M4-B-VER", price: "10", option_values: ["Verde"] });
  });

  it("give an identity on when an option is added or taken away", () => {
    const plain = { ...newVariant([]), id: "1", sku: "M4" };
    const grown = matrix([colour], [plain]);
    expect(grown.map((variant) => [variant.id, variant.sku])).toEqual([
      ["1", "M4"],
      [null, "M4-TAN"],
    ]);
    expect(matrix([], grown).map((variant) => variant.id)).toEqual(["1"]);
  });
});

describe("what is sent", () => {
  const say = () => "not readable";
  it("names each amount that cannot be read", () => {
    const draft = newProduct();
    draft.variants = [{ ...newVariant([]), price: "abc", cost: "1.2.3" }];
    expect(bodyOf(draft, "EUR", say)).toEqual({
      ok: false,
      errors: { "/variants/0/price": "not readable", "/variants/0/cost": "not readable" },
    });
  });

  it("is in minor units, and nothing where nothing was typed", () => {
    const draft = newProduct();
    draft.title = "M4";
    draft.variants = [{ ...newVariant([]), sku: " M4 ", price: "249,90", weight_grams: "2800" }];
    const checked = bodyOf(draft, "EUR", say);
    expect(checked.ok && checked.body.variants[0]).toMatchObject({
      sku: "M4",
      price: { amount: 24990, currency: "EUR" },
      compare_at: null,
      weight_grams: 2800,
      barcode: null,
    });
    expect(checked.ok && checked.body.slug).toBeNull();
  });

  it("a variant's picture is one of the product's", () => {
    const draft = newProduct();
    draft.variants = [{ ...newVariant([]), price: "1", image_id: "gone" }];
    const checked = bodyOf(draft, "EUR", say);
    expect(checked.ok && checked.body.variants[0]?.image_id).toBeNull();
  });
});

describe("a description", () => {
  it("of paragraphs is text", () => {
    expect(plainText("<p>Um &amp; dois</p><p>Três<br>quatro</p>")).toBe("Um & dois\n\nTrês\nquatro");
    expect(plainText("<p>Um <strong>dois</strong></p>")).toBeNull();
  });

  it("comes back as it was", () => {
    const text = "A < B\n\nC & D\nE";
    expect(plainText(htmlOf(text))).toBe(text);
    expect(htmlOf("")).toBe("");
  });
});
