import type pt from "../pt/webhooks.ts";

const webhooks: typeof pt = {
  webhooks: {
    attempts_one: "{{count}} attempt",
    attempts_other: "{{count}} attempts",
    deleteText: "{{url}} is told no more, and its log is erased.",
    deleteTitle: "Delete this webhook?",
    deliveries: "Deliveries",
    deliveriesOf: "Deliveries to {{url}}",
    description: "Description",
    edit: "Edit webhook",
    empty: "No webhooks yet",
    emptyText: "Tell your own programs when something happens in the store.",
    enabled: "On",
    failing: "Failing",
    kept: "I kept it",
    new: "New webhook",
    noDeliveries: "No deliveries yet",
    off: { failing: "Off: failed for three days", gone: "Off: answered 410" },
    resend: "Send again",
    rotate: "New secret",
    secretText: "Keep it now: it is not shown again. With it your programs know that a notice is ours.",
    secretTitle: "The webhook's secret",
    test: "Test",
    text: "Addresses that are told what happens, with a signature.",
    title: "Webhooks",
    types: "Events",
    url: "Address",
  },
};

export default webhooks;
