import type pt from "../pt/domains.ts";

const domains: typeof pt = {
  domains: {
    add: "Add a domain",
    addOther: "Add {{host}}",
    checked: "Looked at {{when}}",
    counterpart: "Some people type {{host}}.",
    empty: "No domains of its own yet",
    emptyText: "The store answers at the platform's address. With a domain of its own it answers there too.",
    found: "Found",
    host: "Domain",
    hostHint: "Without https:// and without a path, such as shop.example.com.",
    kind: "Type",
    makePrimary: "Make primary",
    name: "Name",
    noCertificate: "Waits for its certificate",
    notLooked: "Not looked at yet",
    nothing: "Nothing",
    primary: "Primary",
    problems: {
      "address-elsewhere": "{{host}} leads elsewhere. Leave only the records below.",
      "address-missing": "{{host}} leads nowhere. Add the records below.",
      "authority-refused":
        "The domain's CAA records do not let letsencrypt.org give it a certificate. Add one that does.",
      "dns-away": "The name servers of {{host}} did not answer. It is looked at again soon.",
      "host-taken":
        "Another store has {{host}}, and its proof stands beside yours. Take the other text out of the TXT record.",
      "proof-missing": "The TXT record that proves that {{host}} is yours is missing.",
      "proof-wrong": "The TXT record says something else.",
      "proven-by-another":
        "Another store has proven that {{host}} is its own. To have it back, put the text below in place of the other.",
    },
    records: "DNS records",
    remove: "Remove",
    removeText: "The store stops answering at this domain at once.",
    removeTitle: "Remove {{host}}?",
    right: "Right",
    states: {
      failing: "Leads elsewhere",
      lost: "Lost",
      pending: "Waits for DNS",
      verified: "Connected",
    },
    text: "Type the records where you registered the domain. As soon as DNS says them the certificate is asked for, and minutes later the store answers there. The store's other addresses lead to the primary one.",
    title: "Domains",
    value: "Value",
    verify: "Check now",
  },
};

export default domains;
