import { ColorInput, Select, SimpleGrid, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Draft } from "~/lib/draft.ts";
import { Section } from "~/ui/page.tsx";
import type { Template, ThemeChoice } from "../api.ts";
import { type DesignDraft, inLanguage } from "../schema.ts";

interface ThemeCardProps {
  draft: Draft<DesignDraft>;
  templates: Template[];
  theme: ThemeChoice | undefined;
}

/** Which theme, and its colours: an empty one is the theme's own. */
export function ThemeCard({ draft, templates, theme }: ThemeCardProps) {
  const { t, i18n } = useTranslation();
  const { template, tokens } = draft.values;
  const chosen = templates.find((one) => one.key === template);
  const colors = (chosen?.definition.colors ?? theme?.colors ?? {}) as Record<string, string>;
  return (
    <Section title={t("design.theme")} text={t("design.themeText")}>
      <Stack>
        <Select
          label={t("design.theme")}
          allowDeselect={false}
          data={templates.map((one) => ({
            value: one.key,
            label: inLanguage(one.name, i18n.language, one.key),
          }))}
          value={template}
          error={draft.errors["/template"]}
          onChange={(value) => value && draft.patch({ template: value, sections: null, tokens: {} })}
        />
        <SimpleGrid cols={2}>
          {Object.entries(colors).map(([name, own]) => (
            <ColorInput
              key={name}
              label={t(`design.colors.${name}` as "design.colors.primary", name)}
              format="hex"
              eyeDropperButtonProps={{ "aria-label": t("mailSettings.pick") }}
              placeholder={own}
              value={tokens[name] ?? ""}
              error={draft.errors[`/tokens/${name}`]}
              onChange={(value) =>
                draft.patchWithin({ tokens: { ...tokens, [name]: value } }, [`tokens/${name}`])
              }
            />
          ))}
        </SimpleGrid>
      </Stack>
    </Section>
  );
}
