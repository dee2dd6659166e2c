import { describe, expect, it } from "vitest";
import { oneOf, textOf } from "./search.ts";

describe("what stands in the address", () => {
  it("is text, or nothing", () => {
    expect(textOf("M4")).toBe("M4");
    expect(textOf(48213)).toBe("48213");
    expect(textOf("")).toBeUndefined();
    expect(textOf({ a: 1 })).toBeUndefined();
  });

  it("is one of the known words, or nothing", () => {
    expect(oneOf("paid", ["paid", "refunded"])).toBe("paid");
    expect(oneOf("<script>", ["paid"])).toBeUndefined();
  });
});
