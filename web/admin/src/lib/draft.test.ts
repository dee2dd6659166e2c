import { describe, expect, it } from "vitest";
import { isSame, withoutErrorsOf } from "./draft.ts";

describe("a draft's errors", () => {
  it("go with the field they are at, and with what is below it", () => {
    const errors = { "/title": "a", "/variants/0/sku": "b", "/variantsX": "c" };
    expect(withoutErrorsOf(errors, ["variants"])).toEqual({ "/title": "a", "/variantsX": "c" });
    expect(withoutErrorsOf(errors, ["title"])).toEqual({ "/variants/0/sku": "b", "/variantsX": "c" });
  });

  it("a draft that was typed back is not changed", () => {
    expect(isSame({ a: ["x"], b: "" }, { a: ["x"], b: "" })).toBe(true);
    expect(isSame({ a: ["x"] }, { a: ["y"] })).toBe(false);
  });
});
