/** Whole minor units and a currency, as every API has it. No float holds an amount. */
export interface Money {
  amount: number;
  currency: string;
}

export type ParsedAmount = { ok: true; amount: number } | { ok: false; reason: AmountFault };
export type AmountFault = "empty" | "not-a-number" | "ambiguous" | "too-many-decimals" | "too-large";

const DIGITS_MAX = 15;

/** How many decimals a currency has: 2 for EUR, 0 for JPY. */
export function decimalsOf(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** 1999 → "19.99": the text that `Intl` formats without passing through a float. */
export function toDecimal(amount: number, decimals: number): string {
  const sign = amount < 0 ? "-" : "";
  const digits = String(Math.abs(amount)).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const rest = digits.slice(digits.length - decimals);
  return decimals === 0 ? `${sign}${digits}` : `${sign}${whole}.${rest}`;
}

export function formatMoney(money: Money, language: string): string {
  const decimal = toDecimal(money.amount, decimalsOf(money.currency)) as Intl.StringNumericLiteral;
  return new Intl.NumberFormat(language, { style: "currency", currency: money.currency }).format(decimal);
}

/** As it stands in a field: "19,99" where commas are usual. */
export function amountText(amount: number, currency: string, language: string): string {
  const decimal = toDecimal(amount, decimalsOf(currency));
  return decimalMark(language) === "," ? decimal.replace(".", ",") : decimal;
}

function decimalMark(language: string): string {
  const parts = new Intl.NumberFormat(language).formatToParts(1.5);
  return parts.find((part) => part.type === "decimal")?.value ?? ".";
}

/**
 * Reads what somebody typed, with a comma or a point, with or without thousands. What could be a
 * thousand times more or less, such as "1.234", is refused rather than guessed.
 */
export function parseAmount(text: string, currency: string): ParsedAmount {
  const decimals = decimalsOf(currency);
  const plain = text.replace(/[\s\u00a0\u202f€$£]/g, "");
  if (plain === "") {
    return { ok: false, reason: "empty" };
  }
  if (!/^\d[\d.,]*$/.test(plain)) {
    return { ok: false, reason: "not-a-number" };
  }
  const mark = lastMark(plain);
  const [whole, rest] = mark === -1 ? [plain, ""] : [plain.slice(0, mark), plain.slice(mark + 1)];
  const isGrouped = /[.,]/.test(whole);
  if (isGrouped && !/^\d{1,3}(?:\.\d{3})*$|^\d{1,3}(?:,\d{3})*$/.test(whole)) {
    return { ok: false, reason: "not-a-number" };
  }
  if (isGrouped && whole.includes(plain[mark] ?? "")) {
    // "1.234.567": points between thousands only, so the last is one too.
    return rest.length === 3
      ? units(plain.replace(/[.,]/g, ""), "", decimals)
      : { ok: false, reason: "not-a-number" };
  }
  if (!isGrouped && rest.length === 3 && decimals < 3) {
    return { ok: false, reason: "ambiguous" };
  }
  return units(whole.replace(/[.,]/g, ""), rest, decimals);
}

function lastMark(text: string): number {
  return Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
}

function units(whole: string, rest: string, decimals: number): ParsedAmount {
  if (rest.length > decimals) {
    return { ok: false, reason: "too-many-decimals" };
  }
  const digits = `${whole}${rest.padEnd(decimals, "0")}`.replace(/^0+(?=\d)/, "");
  return digits.length > DIGITS_MAX
    ? { ok: false, reason: "too-large" }
    : { ok: true, amount: Number(digits) };
}
