import { describe, expect, it } from "vitest";
import { deeds, orderSearch, periodOf, refundable, trackingLink } from "./schema.ts";

const eur = (amount: number) => ({ amount, currency: "EUR" });
const order = {
  status: "paid",
  fulfilment: "unfulfilled",
  paid: eur(5000),
  refunded: eur(1000),
  refunding: eur(500),
};

describe("an order", () => {
  it("gives back no more than is left", () => {
    expect(refundable(order)).toEqual(eur(3500));
    expect(refundable({ ...order, refunded: eur(5000), refunding: eur(0) })).toEqual(eur(0));
  });

  it("allows what its state allows", () => {
    expect(deeds(order)).toEqual({ fulfil: true, cancel: false, refund: true });
    const unpaid = { ...order, status: "pending_payment", paid: eur(0), refunded: eur(0), refunding: eur(0) };
    expect(deeds(unpaid)).toEqual({ fulfil: false, cancel: true, refund: false });
    expect(deeds({ ...order, fulfilment: "fulfilled" }).fulfil).toBe(false);
  });

  it("is followed by real links only", () => {
    expect(trackingLink("https://ctt.pt/x")).toBe("https://ctt.pt/x");
    expect(trackingLink("javascript:alert(1)")).toBeNull();
    expect(trackingLink("RR123456789PT")).toBeNull();
  });
});

describe("a search for orders", () => {
  it("takes known words and real days", () => {
    const search = orderSearch({ status: "lost", fulfilment: "partial", from: "2026-11-01", to: "tomorrow" });
    expect(search).toMatchObject({
      status: undefined,
      fulfilment: "partial",
      from: "2026-11-01",
      to: undefined,
    });
  });

  it("holds its last day", () => {
    const { placed_from, placed_before } = periodOf("2026-11-01", "2026-11-01");
    expect(Date.parse(placed_before ?? "") - Date.parse(placed_from ?? "")).toBe(86_400_000);
  });
});
