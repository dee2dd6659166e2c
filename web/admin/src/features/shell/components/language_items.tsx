import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { changeLanguage, LANGUAGES, type Language } from "~/lib/language.ts";

/** The languages of the panel, as items of a menu that stays open. */
export function LanguageItems() {
  const { t, i18n } = useTranslation();
  return (
    <>
      <Menu.Label>{t("shell.language")}</Menu.Label>
      <Menu.RadioGroup value={i18n.language} onChange={(value) => changeLanguage(value as Language)}>
        {Object.entries(LANGUAGES).map(([value, label]) => (
          <Menu.RadioItem key={value} value={value} lang={value} closeMenuOnClick={false}>
            {label}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}
