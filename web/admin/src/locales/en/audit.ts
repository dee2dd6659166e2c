import type pt from "../pt/audit.ts";

const audit: typeof pt = {
  audit: {
    action: "What",
    at: "When",
    byPlatform: "for the platform",
    change: "Change",
    empty: "Nothing is in the trail yet",
    fields_one: "{{count}} field",
    fields_other: "{{count}} fields",
    from: "From",
    platformText: "What was done on the platform itself, or in one store.",
    tenant: "Store",
    tenantHint: "The store's id; empty for the platform itself.",
    text: "Who did what, when and from where.",
    title: "Audit trail",
    to: "Until",
    who: "Who",
  },
};

export default audit;
