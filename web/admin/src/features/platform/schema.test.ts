import { expect, it } from "vitest";
import { slugOf } from "./schema.ts";

it("a store's address is made of its name", () => {
  expect(slugOf("Café & Cª, Lda.")).toBe("cafe-c-lda");
  expect(slugOf("  DefenseOps Airsoft ")).toBe("defenseops-airsoft");
  expect(slugOf(`${"a".repeat(62)} b`)).toBe("a".repeat(62));
  expect(slugOf("日本")).toBe("");
});
