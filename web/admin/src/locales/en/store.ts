import type pt from "../pt/store.ts";

const store: typeof pt = {
  store: {
    address: "Address",
    age: "Minimum age",
    ageAsk: "Ask for the age before the store is shown",
    ageText: "For goods that are only sold from a certain age on.",
    city: "City",
    complaintsBook: "Complaints book",
    complaintsBookHint: "Empty: the common electronic complaints book.",
    contact: "The store",
    contactText: "What shoppers see, and how they reach you.",
    country: "Country",
    disputeBody: "Dispute resolution body",
    disputeUrl: "Page of the body",
    disputes: "Complaints and disputes",
    disputesText: "The law asks a store to name the body that settles its disputes out of court.",
    email: "Contact e-mail",
    legal: "Legal data",
    legalName: "Legal name",
    legalText: "Who sells, as the law asks it to be said.",
    line1: "Address line",
    line2: "Address line 2",
    minimumAge: "Age, in years",
    name: "Name of the store",
    phone: "Telephone",
    postcode: "Postcode",
    taxNumber: "Tax number",
  },
};

export default store;
