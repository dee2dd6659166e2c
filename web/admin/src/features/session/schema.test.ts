import { describe, expect, it } from "vitest";
import { passwordFault, safeNext } from "./schema.ts";

describe("signing in", () => {
  it("says what is wrong with a new password", () => {
    expect(passwordFault("short", "short")).toBe("tooShort");
    expect(passwordFault("x".repeat(129), "x".repeat(129))).toBe("tooLong");
    expect(passwordFault("long enough", "long enouhg")).toBe("different");
    expect(passwordFault("long enough", "long enough")).toBeNull();
    expect(passwordFault("🔑".repeat(7), "🔑".repeat(7))).toBe("tooShort");
  });

  it("goes back within the panel only", () => {
    expect(safeNext("/orders?status=paid")).toBe("/orders?status=paid");
    expect(safeNext("/admin/orders")).toBe("/orders");
    expect(safeNext("/admin//evil.example")).toBe("/");
    expect(safeNext("//evil.example")).toBe("/");
    expect(safeNext("/\\evil.example")).toBe("/");
    expect(safeNext("https://evil.example")).toBe("/");
    expect(safeNext(undefined)).toBe("/");
  });
});
