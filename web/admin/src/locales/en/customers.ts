import type pt from "../pt/customers.ts";

const customers: typeof pt = {
  customers: {
    consent: "Marketing",
    empty: "No imported customers yet",
    emptyText: "Accounts that an import brings from another shop appear here.",
    groups: "Groups",
    name: "Name",
    search: "Whole e-mail address",
    since: "Since",
    subtitle: "Accounts brought from another shop.",
    wholeEmail: "Write the whole e-mail address.",
  },
};

export default customers;
