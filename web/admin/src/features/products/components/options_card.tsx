import { ActionIcon, Button, Group, Stack, TagsInput, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Draft } from "~/lib/draft.ts";
import { Section } from "~/ui/page.tsx";
import { matrix, type OptionDraft, type ProductDraft } from "../schema.ts";

const OPTIONS_MAX = 3;

/** What a shopper chooses between. The variants follow it. */
export function OptionsCard({ draft }: { draft: Draft<ProductDraft> }) {
  const { t } = useTranslation();
  const { options, variants } = draft.values;
  const change = (next: OptionDraft[]) => draft.patch({ options: next, variants: matrix(next, variants) });
  const put = (at: number, part: Partial<OptionDraft>) =>
    change(options.map((option, index) => (index === at ? { ...option, ...part } : option)));
  return (
    <Section title={t("products.options")} text={t("products.optionsText")}>
      <Stack>
        {options.map((option, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place until it has a name
          <Group key={at} align="flex-start" wrap="nowrap" gap="sm">
            <TextInput
              w={{ base: 110, sm: 180 }}
              label={t("products.optionName")}
              placeholder={t("products.optionExample")}
              value={option.name}
              error={draft.errors[`/options/${at}/name`] ?? draft.errors[`/options/${at}`]}
              onChange={(event) => put(at, { name: event.currentTarget.value })}
            />
            <TagsInput
              flex={1}
              label={t("products.optionValues")}
              placeholder={option.values.length === 0 ? t("products.optionValuesExample") : undefined}
              value={option.values}
              error={draft.errors[`/options/${at}/values`]}
              onChange={(values) => put(at, { values })}
            />
            <ActionIcon
              mt={26}
              variant="subtle"
              color="gray"
              aria-label={t("products.removeOption", { name: option.name })}
              onClick={() => change(options.filter((_, index) => index !== at))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        {options.length < OPTIONS_MAX && (
          <Button
            variant="default"
            w="fit-content"
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => change([...options, { name: "", values: [] }])}
          >
            {t("products.addOption")}
          </Button>
        )}
      </Stack>
    </Section>
  );
}
