import { useTranslation } from "react-i18next";
import { formatMoney, type Money } from "~/lib/money.ts";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How things are written in the language of the page. */
export function useFormat() {
  const { i18n } = useTranslation();
  const language = i18n.language;
  const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });
  const time = new Intl.DateTimeFormat(language, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "medium" });
  const numbers = new Intl.NumberFormat(language);
  return {
    language,
    money: (money: Money) => formatMoney(money, language),
    number: (value: number) => numbers.format(value),
    date: (instant: string) => date.format(new Date(instant)),
    dateTime: (instant: string) => time.format(new Date(instant)),
    exact: (instant: string) => exact.format(new Date(instant)),
    ago: (instant: string) => ago(instant, language),
  };
}

function ago(instant: string, language: string): string {
  const seconds = Math.round((Date.parse(instant) - Date.now()) / 1_000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const unit = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return unit ? format.format(Math.trunc(seconds / unit[1]), unit[0]) : format.format(0, "minute");
}
