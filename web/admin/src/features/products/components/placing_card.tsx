import { MultiSelect, SegmentedControl, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { categoriesQuery } from "~/features/categories/api.ts";
import { categoryChoices } from "~/features/categories/schema.ts";
import type { Draft } from "~/lib/draft.ts";
import { Section } from "~/ui/page.tsx";
import type { ProductDraft } from "../schema.ts";
import { STATUSES } from "../search.ts";

/** Whether it is sold, and where it is found. */
export function PlacingCard({ draft }: { draft: Draft<ProductDraft> }) {
  const { t } = useTranslation();
  const categories = useQuery(categoriesQuery);
  const { status, tags, category_ids } = draft.values;
  return (
    <Stack gap="lg">
      <Section title={t("products.status")}>
        <SegmentedControl
          fullWidth
          aria-label={t("products.status")}
          value={status}
          data={STATUSES.map((value) => ({ value, label: t(`productStatus.${value}`) }))}
          onChange={(value) => draft.patch({ status: STATUSES.find((known) => known === value) ?? "draft" })}
        />
        <Text size="sm" c="dimmed" mt="xs">
          {t(`productStatusText.${status}`)}
        </Text>
      </Section>
      <Section title={t("products.placing")}>
        <Stack>
          <MultiSelect
            label={t("products.categories")}
            description={t("products.categoriesHint")}
            searchable
            clearable
            hidePickedOptions
            data={categoryChoices(categories.data?.items ?? [])}
            value={category_ids}
            error={draft.errors["/category_ids"]}
            onChange={(ids) => draft.patch({ category_ids: ids })}
          />
          <TextInput label={t("products.vendor")} {...draft.text("vendor")} />
          <TagsInput
            label={t("products.tags")}
            description={t("products.tagsHint")}
            value={tags}
            error={draft.errors["/tags"]}
            onChange={(next) => draft.patch({ tags: next })}
          />
        </Stack>
      </Section>
    </Stack>
  );
}
