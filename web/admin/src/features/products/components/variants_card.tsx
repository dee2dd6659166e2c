import { Accordion, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Draft } from "~/lib/draft.ts";
import { Section } from "~/ui/page.tsx";
import type { ProductDraft, VariantDraft } from "../schema.ts";
import { VariantFields } from "./variant_fields.tsx";
import { VariantStock } from "./variant_stock.tsx";

interface VariantsCardProps {
  draft: Draft<ProductDraft>;
  currency: string;
}

/** One variant's fields lie open; of several, each is a line that opens. */
export function VariantsCard({ draft, currency }: VariantsCardProps) {
  const { t } = useTranslation();
  const { variants } = draft.values;
  const put = (at: number, part: Partial<VariantDraft>) =>
    draft.patchWithin(
      { variants: variants.map((variant, index) => (index === at ? { ...variant, ...part } : variant)) },
      Object.keys(part).map((name) => `variants/${at}/${name}`),
    );
  const fields = (variant: VariantDraft, at: number) => (
    <VariantFields
      variant={variant}
      at={at}
      currency={currency}
      errors={draft.errors}
      images={draft.values.images}
      onChange={(part) => put(at, part)}
    />
  );
  const only = variants[0];
  if (variants.length === 1 && only) {
    return (
      <Section title={t("products.priceAndStock")} actions={<VariantStock variant={only} />}>
        {fields(only, 0)}
      </Section>
    );
  }
  const wrong = variants.flatMap((_, at) => (hasErrors(draft.errors, at) ? [String(at)] : []));
  return (
    <Section title={t("products.variants", { count: variants.length })} flush>
      <Accordion multiple variant="default" key={wrong.join()} defaultValue={wrong}>
        {variants.map((variant, at) => (
          <Accordion.Item key={variant.option_values.join("\u0000")} value={String(at)}>
            <Accordion.Control>
              <Group justify="space-between" wrap="nowrap" pe="sm">
                <Stack gap={0}>
                  <Text fw={550}>{variant.option_values.join(" / ")}</Text>
                  <Text size="xs" c="dimmed" className="mono">
                    {variant.sku || t("products.noSku")}
                  </Text>
                </Stack>
                <Text size="sm" className="num">
                  {variant.price === "" ? t("products.noPrice") : `${variant.price} ${currency}`}
                </Text>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              <Stack gap="sm">
                <VariantStock variant={variant} />
                {fields(variant, at)}
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Section>
  );
}

function hasErrors(errors: Record<string, string>, at: number): boolean {
  return Object.keys(errors).some((pointer) => pointer.startsWith(`/variants/${at}/`));
}
