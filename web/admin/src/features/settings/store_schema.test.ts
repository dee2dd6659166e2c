import { expect, test } from "vitest";
import type { StoreSettingsView } from "./store_api.ts";
import { storeBody, storeDraft } from "./store_schema.ts";

const view: StoreSettingsView = {
  name: "Loja",
  contact_email: "loja@example.pt",
  slug: "loja",
  url: "http://loja.store.localhost",
  country: "PT",
  locale: "pt-PT",
  currency: "EUR",
  time_zone: "Europe/Lisbon",
  version: 1,
};

test("what is left empty is not said", () => {
  const body = storeBody(storeDraft(view));
  expect(body.address).toBeNull();
  expect(body.dispute_body).toBeNull();
  expect(body.contact_phone).toBeNull();
  expect(body.minimum_age).toBeNull();
});

test("an address that was begun is sent, so that its gaps are named", () => {
  const draft = storeDraft(view);
  const body = storeBody({ ...draft, address: { ...draft.address, city: " Lisboa " } });
  expect(body.address).toEqual({ line1: "", line2: null, postcode: "", city: "Lisboa", country: "PT" });
});

test("an age that was cleared is refused, not forgotten", () => {
  expect(storeBody({ ...storeDraft(view), minimum_age: "" }).minimum_age).toBe(0);
});
