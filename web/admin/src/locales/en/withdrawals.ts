import type pt from "../pt/withdrawals.ts";

const withdrawals: typeof pt = {
  withdrawals: {
    all: "All",
    close: "Close",
    closeTitle: "Close the withdrawal from order {{number}}",
    closeText: "Closing refunds nothing: do that at the order.",
    closed: "Closed",
    customer: "Customer",
    empty: "There are no declarations",
    emptyText: "Shoppers' declarations of withdrawal appear here.",
    note: "Note",
    open: "Open",
    order: "Order",
    overdue: "Overdue",
    part: "{{count}} lines",
    received: "Received",
    refundBy: "Refund by",
    text: "Declarations of withdrawal: the refund is due within 14 days.",
    what: "What",
    whole: "Whole order",
  },
};

export default withdrawals;
