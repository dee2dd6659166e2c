import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const LANGUAGES = { "pt-PT": "Português", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

const STORED_AS = "stores-language";

/** Each language is a file of its own: nobody loads two. */
const words = {
  "pt-PT": () => import("~/locales/pt.ts"),
  en: () => import("~/locales/en.ts"),
};

export function currentLanguage(): Language {
  const stored = localStorage.getItem(STORED_AS);
  if (stored === "pt-PT" || stored === "en") {
    return stored;
  }
  return navigator.language.startsWith("pt") || !navigator.language.startsWith("en") ? "pt-PT" : "en";
}

export async function startLanguage(): Promise<void> {
  const lng = currentLanguage();
  const { default: translation } = await words[lng]();
  document.documentElement.lang = lng;
  await i18next.use(initReactI18next).init({
    lng,
    resources: { [lng]: { translation } },
    interpolation: { escapeValue: false },
  });
}

export async function changeLanguage(language: Language): Promise<void> {
  const { default: translation } = await words[language]();
  i18next.addResourceBundle(language, "translation", translation);
  localStorage.setItem(STORED_AS, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
