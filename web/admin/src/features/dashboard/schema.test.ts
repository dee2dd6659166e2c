import { describe, expect, it } from "vitest";
import { DAYS, salesOf } from "./schema.ts";

const order = (status: string, amount: number, placed_at: string) => ({
  status,
  total: { amount, currency: "EUR" },
  placed_at,
});

describe("sales", () => {
  it("are what was paid, by day", () => {
    const now = new Date(2026, 10, 29, 15);
    const at = (day: number) => new Date(2026, 10, day, 12).toISOString();
    const sales = salesOf(
      [
        order("paid", 1999, at(29)),
        order("partially_refunded", 1, at(29)),
        order("cancelled", 5000, at(29)),
        order("pending_payment", 5000, at(28)),
        order("paid", 3000, at(16)),
      ],
      now,
    );
    expect(sales.days).toHaveLength(DAYS);
    expect(sales.days.at(-1)).toEqual({ day: "2026-11-29", orders: 2, amount: 2000 });
    expect(sales.days[0]).toEqual({ day: "2026-11-16", orders: 1, amount: 3000 });
    expect(sales.total).toEqual({ amount: 5000, currency: "EUR" });
  });

  it("of nothing have no currency", () => {
    expect(salesOf([], new Date())).toMatchObject({ orders: 0, total: null });
  });
});
