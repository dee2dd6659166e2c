import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useStoreCurrency } from "~/lib/currency.ts";
import { useFormat } from "~/lib/format.ts";
import { MoneyField, useAmountFault } from "~/ui/money.tsx";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { saveShipping, shippingQuery } from "./api.ts";
import { SettingsForm } from "./form.tsx";
import { ratesOf, type ShippingDraft, shippingDraft } from "./schema.ts";

export function ShippingSettings() {
  const { t } = useTranslation();
  const { language } = useFormat();
  const fault = useAmountFault();
  const query = useQuery(shippingQuery);
  const currency = useStoreCurrency(query.data?.rates[0]?.price.currency);
  return (
    <Loaded query={query}>
      {(view) => (
        <SettingsForm
          view={view}
          queryKey={shippingQuery.queryKey}
          draftOf={(stored): ShippingDraft => shippingDraft(stored, language)}
          send={(values, version, draft) => {
            const read = ratesOf(values, currency, (parsed) => fault(parsed) ?? "");
            if (!read.ok) {
              draft.setErrors(read.errors);
              return undefined;
            }
            return saveShipping(version, read.rates);
          }}
        >
          {(draft) => (
            <Section title={t("settings.rates")} text={t("settings.ratesText")}>
              <Stack gap="lg">
                {draft.values.rates.map((rate, at) => {
                  const put = (part: Partial<typeof rate>) =>
                    draft.patch({
                      rates: draft.values.rates.map((one, index) =>
                        index === at ? { ...one, ...part } : one,
                      ),
                    });
                  const error = (name: string) => draft.errors[`/rates/${at}/${name}`];
                  return (
                    <div key={rate.region}>
                      <Text fw={600} size="sm" mb={6}>
                        {t(`regions.${rate.region}`)}
                      </Text>
                      <Group align="flex-start">
                        <MoneyField
                          label={t("settings.price")}
                          description={t("settings.priceHint")}
                          currency={currency}
                          isOptional
                          value={rate.price}
                          error={error("price") ?? draft.errors[`/rates/${at}`]}
                          onChange={(price) => put({ price })}
                        />
                        <MoneyField
                          label={t("settings.freeFrom")}
                          description={t("settings.freeFromHint")}
                          currency={currency}
                          isOptional
                          value={rate.free_from}
                          error={error("free_from")}
                          onChange={(free_from) => put({ free_from })}
                        />
                      </Group>
                    </div>
                  );
                })}
              </Stack>
            </Section>
          )}
        </SettingsForm>
      )}
    </Loaded>
  );
}
