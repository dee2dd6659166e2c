import type { FieldErrors } from "~/lib/draft.ts";
import { amountText, type ParsedAmount, parseAmount } from "~/lib/money.ts";
import type { InvoicingSettings, RateView, SetInvoicingSettings, ShippingView } from "./api.ts";

export const REGIONS = ["PT", "PT-30", "PT-20"] as const;
export type Region = (typeof REGIONS)[number];

export interface ShippingDraft {
  /** Every region; empty where the store has no rate. */
  rates: { region: Region; price: string; free_from: string }[];
}

export function shippingDraft(view: ShippingView, language: string): ShippingDraft {
  return {
    rates: REGIONS.map((region) => {
      const rate = view.rates.find((one) => one.region === region);
      const text = (money: RateView["price"] | null | undefined) =>
        money ? amountText(money.amount, money.currency, language) : "";
      return { region, price: text(rate?.price), free_from: text(rate?.free_from) };
    }),
  };
}

export type ReadRates = { ok: true; rates: RateView[] } | { ok: false; errors: FieldErrors };

/** The rates that were typed. A region without a price is left as it is. */
export function ratesOf(
  draft: ShippingDraft,
  currency: string,
  say: (parsed: ParsedAmount) => string,
): ReadRates {
  const errors: FieldErrors = {};
  const amount = (text: string, pointer: string) => {
    const parsed = parseAmount(text, currency);
    if (parsed.ok) {
      return { amount: parsed.amount, currency };
    }
    if (parsed.reason !== "empty") {
      errors[pointer] = say(parsed);
    }
    return null;
  };
  const rates = draft.rates.flatMap((rate, at) => {
    const price = amount(rate.price, `/rates/${at}/price`);
    const free_from = amount(rate.free_from, `/rates/${at}/free_from`);
    if (!price && free_from) {
      errors[`/rates/${at}/price`] = say({ ok: false, reason: "empty" });
    }
    return price ? [{ region: rate.region, price, free_from }] : [];
  });
  if (rates.length === 0 && Object.keys(errors).length === 0) {
    errors["/rates/0/price"] = say({ ok: false, reason: "empty" });
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, rates };
}

export interface InvoicingDraft {
  document_set_id: number | null;
  credit_note_set_id: number | null;
  kind: "invoice_receipt" | "simplified_invoice";
  close: boolean;
  exemption_code: string | null;
  payment_methods: Record<string, number>;
  payment_method_id: number | null;
  shipping_reference: string;
}

/** The ways to pay that a store offers through Stripe. */
export const PAYMENT_METHODS = ["card", "mb_way", "multibanco"] as const;

export function invoicingDraft(
  settings: InvoicingSettings | null,
  usualSeries: number | null,
): InvoicingDraft {
  return {
    document_set_id: settings?.document_set_id ?? usualSeries,
    credit_note_set_id: settings?.credit_note_set_id ?? null,
    kind: settings?.kind === "simplified_invoice" ? "simplified_invoice" : "invoice_receipt",
    close: settings?.close ?? true,
    exemption_code: settings?.exemption_code ?? null,
    payment_methods: settings?.payment_methods ?? {},
    payment_method_id: settings?.payment_method_id ?? null,
    shipping_reference: settings?.shipping_reference ?? "",
  };
}

export function invoicingBody(company_id: number, draft: InvoicingDraft): SetInvoicingSettings {
  const { document_set_id, shipping_reference, ...rest } = draft;
  return {
    ...rest,
    company_id,
    document_set_id: document_set_id ?? 0,
    shipping_reference: shipping_reference.trim() || null,
  };
}
