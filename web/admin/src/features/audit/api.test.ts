import { expect, test } from "vitest";
import { trailFilter, trailSearch } from "./api.ts";

test("a filter takes whole days, the last one included", () => {
  const filter = trailFilter({ from: "2026-11-30", to: "2026-11-30" });
  const length = Date.parse(filter.until ?? "") - Date.parse(filter.since ?? "");
  expect(length).toBe(24 * 3_600_000);
});

test("what is no day is not looked for", () => {
  expect(trailSearch({ from: "yesterday", to: "2026-13-45", action: "staff" })).toEqual({ action: "staff" });
});
