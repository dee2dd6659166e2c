import { expect, it } from "vitest";
import { changedTexts } from "./schema.ts";

it("a template sends only what differs from the platform's words", () => {
  const usual = { subject: "Order", heading: "Thanks", body: "Hello", closing: "", button: "See" };
  expect(changedTexts(usual, usual)).toEqual({});
  expect(changedTexts({ ...usual, body: "Olá", button: "" }, usual)).toEqual({ body: "Olá", button: "" });
});
