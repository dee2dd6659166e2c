import type pt from "../pt/invoices.ts";

const invoices: typeof pt = {
  documentKinds: {
    credit_note: "Credit note",
    invoice_receipt: "Invoice-receipt",
    proforma: "Proforma",
    simplified_invoice: "Simplified invoice",
  },
  documentStatus: {
    all: "All",
    failed: "With errors",
    issued: "Issued",
    waiting: "On their way",
    withdrawn: "Withdrawn",
  },
  invoices: {
    bad: "{{missing}} missing, {{differing}} differing, {{failed}} with errors",
    checkNow: "Check now",
    checks: "Daily check",
    checksText: "Each paid order has its document, and the totals agree to the cent.",
    connect: "Connect",
    day: "Day",
    document: "Document",
    empty: "No documents",
    emptyText: "They are issued by themselves when an order is paid.",
    good: "All good",
    issuedTotal: "Issued",
    lost: "The connection to Moloni was lost",
    needsPlatform: "The platform is seeing to it.",
    nextTry: "Next try {{at}}",
    noChecks: "No checks yet",
    noChecksText: "The first one is made next night.",
    noPdf: "The PDF is not there yet.",
    notConnected: "The store is not connected to Moloni yet",
    notConnectedText: "Until then proformas are issued, which are no fiscal documents.",
    ordersTotal: "Paid",
    pdfOf: "PDF of {{name}}",
    result: "Result",
    retryOf: "Try {{name}} again",
    subtitle: "Invoices and credit notes, issued at Moloni.",
  },
};

export default invoices;
