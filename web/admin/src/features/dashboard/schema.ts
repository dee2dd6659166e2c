import type { Money } from "~/lib/money.ts";

export const DAYS = 14;

interface Sold {
  status: string;
  total: Money;
  placed_at: string;
}

export interface Day {
  /** As a date field writes it. */
  day: string;
  orders: number;
  amount: number;
}

export interface Sales {
  days: Day[];
  orders: number;
  total: Money | null;
}

/** The day of an instant where the person is. */
export function dayOf(instant: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}

/** The first instant of the period that ends today. */
export function periodStart(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - DAYS + 1);
}

/** Paid orders by day, in whole minor units. What was not paid, or was given back whole, is no sale. */
export function salesOf(orders: readonly Sold[], now: Date): Sales {
  const start = periodStart(now);
  const days = Array.from({ length: DAYS }, (_, at) => {
    const date = new Date(start.getFullYear(), start.getMonth(), start.getDate() + at);
    return { day: dayOf(date), orders: 0, amount: 0 };
  });
  const sold = orders.filter((order) => order.status === "paid" || order.status === "partially_refunded");
  for (const order of sold) {
    const day = days.find((one) => one.day === dayOf(new Date(order.placed_at)));
    if (day) {
      day.orders += 1;
      day.amount += order.total.amount;
    }
  }
  const currency = sold[0]?.total.currency;
  const amount = days.reduce((sum, day) => sum + day.amount, 0);
  const count = days.reduce((sum, day) => sum + day.orders, 0);
  return { days, orders: count, total: currency ? { amount, currency } : null };
}
