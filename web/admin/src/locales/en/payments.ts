import type pt from "../pt/payments.ts";

const payments: typeof pt = {
  payments: {
    attempt: "Attempt",
    declines: "Declines",
    details: "Details",
    detailsOf: "Details of the payment for {{number}}",
    disputes: "Disputes",
    dueBy: "answer by {{at}}",
    empty: "No payments yet",
    emptyText: "Every attempt to pay is listed here.",
    fee: "Fee",
    notReady: "The store cannot take payments yet",
    notReadyText: "The registration at Stripe is not complete.",
    order: "Order",
    setUp: "Complete it",
    subtitle: "Every attempt to pay an order.",
  },
};

export default payments;
