import { describe, expect, it } from "vitest";
import { ratesOf, shippingDraft } from "./schema.ts";

const say = (parsed: { ok: boolean; reason?: string }) => parsed.reason ?? "";

describe("shipping rates", () => {
  it("come back as they were", () => {
    const rates = [{ region: "PT" as const, price: { amount: 490, currency: "EUR" }, free_from: null }];
    const draft = shippingDraft({ rates, version: 1 }, "pt-PT");
    expect(draft.rates.map((rate) => rate.price)).toEqual(["4,90", "", ""]);
    expect(ratesOf(draft, "EUR", say)).toEqual({ ok: true, rates });
  });

  it("need a price where there is a limit", () => {
    const draft = shippingDraft({ rates: [], version: 0 }, "en");
    const limited = {
      rates: draft.rates.map((rate, at) => (at === 1 ? { ...rate, free_from: "50" } : rate)),
    };
    expect(ratesOf(limited, "EUR", say)).toEqual({ ok: false, errors: { "/rates/1/price": "empty" } });
    expect(ratesOf(draft, "EUR", say)).toEqual({ ok: false, errors: { "/rates/0/price": "empty" } });
  });
});
