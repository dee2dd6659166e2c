import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { numberingQuery, saveNumbering } from "./api.ts";
import { SettingsForm } from "./form.tsx";

export function OrderSettings() {
  const { t } = useTranslation();
  const query = useQuery(numberingQuery);
  return (
    <Loaded query={query}>
      {(view) => (
        <SettingsForm
          view={view}
          queryKey={numberingQuery.queryKey}
          draftOf={({ order_prefix }) => ({ order_prefix })}
          send={(values, version) => saveNumbering(version, values.order_prefix.trim())}
        >
          {(draft) => (
            <Section title={t("settings.numbers")} text={t("settings.numbersText")}>
              <TextInput
                maw={260}
                label={t("settings.prefix")}
                description={t("settings.prefixHint", { example: `${draft.values.order_prefix}48213` })}
                placeholder="PT-"
                maxLength={12}
                {...draft.text("order_prefix")}
              />
            </Section>
          )}
        </SettingsForm>
      )}
    </Loaded>
  );
}
