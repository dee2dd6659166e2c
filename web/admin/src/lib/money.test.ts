import { describe, expect, it } from "vitest";
import { amountText, formatMoney, parseAmount, toDecimal } from "./money.ts";

const read = (text: string, currency = "EUR") => {
  const parsed = parseAmount(text, currency);
  return parsed.ok ? parsed.amount : parsed.reason;
};

describe("reading an amount", () => {
  it("takes commas and points", () => {
    expect(read("19,99")).toBe(1999);
    expect(read("19.99")).toBe(1999);
    expect(read("19")).toBe(1900);
    expect(read("19,9")).toBe(1990);
    expect(read("0,07")).toBe(7);
    expect(read(" 1 234,56 €")).toBe(123456);
  });

  it("takes thousands of either kind", () => {
    expect(read("1.234,56")).toBe(123456);
    expect(read("1,234.56")).toBe(123456);
    expect(read("1.234.567")).toBe(123456700);
    expect(read("12.345.678,9")).toBe(1234567890);
  });

  it("never loses a cent to a float", () => {
    expect(read("4,35")).toBe(435);
    expect(read("1,005")).toBe("ambiguous");
    expect(read("8,29")).toBe(829);
    expect(read("90071992547409,91")).toBe("too-large");
  });

  it("refuses what it would have to guess", () => {
    expect(read("1.234")).toBe("ambiguous");
    expect(read("1,2345")).toBe("too-many-decimals");
    expect(read("12,34,56")).toBe("not-a-number");
    expect(read("-5")).toBe("not-a-number");
    expect(read("abc")).toBe("not-a-number");
    expect(read("")).toBe("empty");
  });

  it("knows currencies without decimals", () => {
    expect(read("1200", "JPY")).toBe(1200);
    expect(read("12,5", "JPY")).toBe("too-many-decimals");
  });
});

describe("writing an amount", () => {
  it("keeps every digit", () => {
    expect(toDecimal(5, 2)).toBe("0.05");
    expect(toDecimal(-1999, 2)).toBe("-19.99");
    expect(toDecimal(1200, 0)).toBe("1200");
    expect(formatMoney({ amount: 123456, currency: "EUR" }, "pt-PT").replace(/\s/g, " ")).toBe("1234,56 €");
    expect(amountText(1999, "EUR", "pt-PT")).toBe("19,99");
    expect(amountText(1999, "EUR", "en")).toBe("19.99");
  });
});
