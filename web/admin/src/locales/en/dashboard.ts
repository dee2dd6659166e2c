import type pt from "../pt/dashboard.ts";

const dashboard: typeof pt = {
  dashboard: {
    allOrders: "See all",
    cut_one: "Only the newest order is counted.",
    cut_other: "Only the newest {{count}} orders are counted.",
    failedInvoices: "Documents with errors",
    hello: "{{store}}",
    newest: "Newest orders",
    orders: "Orders",
    sales: "Sales",
    salesText_one: "Paid orders of today.",
    salesText_other: "Paid orders of the last {{count}} days.",
    subtitle: "What goes on in the store.",
    toSend: "To send",
    todo: "Waiting for you",
    turnover: "Turnover",
    unpaid: "Unpaid",
  },
  setup: {
    done: "Done",
    invoicing: "Connect to Moloni",
    invoicingText: "To issue certified invoices.",
    open: "To do",
    payments: "Take payments",
    paymentsText: "Registration at Stripe, about ten minutes.",
    product: "Put a product on sale",
    productText: "With price, stock and an image.",
    shipping: "Set shipping rates",
    shippingText: "Without them, shipping is free.",
    text: "{{done}} of {{all}} steps done.",
    title: "To have the store ready",
  },
};

export default dashboard;
