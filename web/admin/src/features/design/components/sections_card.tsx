import { Button, Group, Menu, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Draft } from "~/lib/draft.ts";
import { Section } from "~/ui/page.tsx";
import type { ThemeChoice } from "../api.ts";
import { type DesignDraft, inLanguage, moved, newSection, ownHome, type PlacedSection } from "../schema.ts";
import { SectionRow } from "./section_row.tsx";

const SECTIONS_MAX = 30;

interface SectionsCardProps {
  draft: Draft<DesignDraft>;
  theme: ThemeChoice | undefined;
}

/** The home page's sections in their order: moved by dragging, or by buttons. */
export function SectionsCard({ draft, theme }: SectionsCardProps) {
  const { t, i18n } = useTranslation();
  const [dragged, setDragged] = useState<number | null>(null);
  const { sections } = draft.values;
  const set = (next: PlacedSection[]) => draft.patch({ sections: next });
  if (!sections) {
    return (
      <Section title={t("design.sections")} text={t("design.ownText")}>
        <Button variant="default" onClick={() => set(ownHome(theme))}>
          {t("design.compose")}
        </Button>
      </Section>
    );
  }
  const add = theme && theme.sections.length > 0 && sections.length < SECTIONS_MAX && (
    <Menu>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden />}>
          {t("design.add")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {theme.sections.map((type) => (
          <Menu.Item key={type.type} onClick={() => set([...sections, newSection(type)])}>
            {inLanguage(type.name, i18n.language, type.type)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
  const drop = (to: number) => {
    if (dragged !== null && dragged !== to) {
      set(moved(sections, dragged, to));
    }
    setDragged(null);
  };
  return (
    <Section title={t("design.sections")} text={t("design.sectionsText")} actions={add}>
      <Stack gap="xs" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
        {sections.map((section, at) => (
          <SectionRow
            key={section.id}
            section={section}
            at={at}
            count={sections.length}
            type={theme?.sections.find((type) => type.type === section.type)}
            errors={draft.errors}
            onDrag={() => setDragged(at)}
            onDrop={() => drop(at)}
            onMove={(to) => set(moved(sections, at, to))}
            onRemove={() => set(sections.filter((one) => one.id !== section.id))}
            onSettings={(settings, name) =>
              draft.patchWithin(
                { sections: sections.map((one) => (one.id === section.id ? { ...one, settings } : one)) },
                [`sections/home/${at}/settings/${name}`],
              )
            }
          />
        ))}
      </Stack>
      {sections.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("design.none")}
        </Text>
      )}
      <Group mt="sm">
        <Button size="xs" variant="subtle" onClick={() => draft.patch({ sections: null })}>
          {t("design.takeOwn")}
        </Button>
      </Group>
    </Section>
  );
}
