import type { Texts } from "./api.ts";

/** Only the words that differ: the others stay the platform's, also when those change. */
export function changedTexts(texts: Texts, defaults: Texts): Partial<Texts> {
  const names = ["subject", "heading", "body", "closing", "button"] as const;
  return Object.fromEntries(
    names.filter((name) => texts[name] !== defaults[name]).map((name) => [name, texts[name]]),
  );
}
