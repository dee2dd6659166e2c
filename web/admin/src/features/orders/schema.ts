import { oneOf, textOf } from "~/lib/search.ts";

export const ORDER_STATUSES = [
  "pending_payment",
  "paid",
  "partially_refunded",
  "refunded",
  "cancelled",
] as const;
export const FULFILMENTS = ["unfulfilled", "partial", "fulfilled", "delivered"] as const;
export const REFUND_REASONS = ["requested_by_customer", "out_of_stock", "duplicate", "fraudulent"] as const;
export type RefundReason = (typeof REFUND_REASONS)[number];

export interface OrderSearch {
  q?: string;
  status?: (typeof ORDER_STATUSES)[number];
  fulfilment?: (typeof FULFILMENTS)[number];
  /** Days, as a date field has them. */
  from?: string;
  to?: string;
  after?: string;
}

export function orderSearch(search: Record<string, unknown>): OrderSearch {
  return {
    q: textOf(search.q),
    status: oneOf(search.status, ORDER_STATUSES),
    fulfilment: oneOf(search.fulfilment, FULFILMENTS),
    from: dayOf(search.from),
    to: dayOf(search.to),
    after: textOf(search.after),
  };
}

function dayOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** Whole days of the person who looks, the last one included, as instants. */
export function periodOf(from?: string, to?: string): { placed_from?: string; placed_before?: string } {
  const start = (day: string, later: number) => {
    const date = new Date(`${day}T00:00:00`);
    date.setDate(date.getDate() + later);
    return date.toISOString();
  };
  return {
    placed_from: from ? start(from, 0) : undefined,
    placed_before: to ? start(to, 1) : undefined,
  };
}

interface Amounts {
  status: string;
  fulfilment: string;
  paid: { amount: number; currency: string };
  refunded: { amount: number; currency: string };
  refunding: { amount: number; currency: string };
}

/** What could still go back: what was paid, less what went back and what is on its way. */
export function refundable(order: Amounts): { amount: number; currency: string } {
  const amount = order.paid.amount - order.refunded.amount - order.refunding.amount;
  return { amount: Math.max(0, amount), currency: order.paid.currency };
}

/** What the order allows now; the service decides anew. */
export function deeds(order: Amounts) {
  const isPaid = order.status === "paid" || order.status === "partially_refunded";
  return {
    fulfil: isPaid && (order.fulfilment === "unfulfilled" || order.fulfilment === "partial"),
    cancel: order.status === "pending_payment",
    refund: refundable(order).amount > 0,
  };
}

/** Whether a tracking text is a link that may be followed. */
export function trackingLink(tracking: string): string | null {
  return /^https?:\/\/\S+$/.test(tracking) ? tracking : null;
}
