import { Button, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { SettingsForm } from "~/features/settings/form.tsx";
import type { Draft } from "~/lib/draft.ts";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { Notice, ProblemNotice } from "~/ui/notice.tsx";
import { Page } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { publishTheme, saveTheme, type ThemeView, templatesQuery, themeQuery, themesQuery } from "./api.ts";
import { Preview } from "./components/preview.tsx";
import { SectionsCard } from "./components/sections_card.tsx";
import { ThemeCard } from "./components/theme_card.tsx";
import { VersionsDrawer } from "./components/versions_drawer.tsx";
import { type DesignDraft, designBody, designDraft } from "./schema.ts";

/** How the store looks: composed as a draft, looked at, published. */
export function DesignPage() {
  const query = useQuery(themeQuery);
  return <Loaded query={query}>{(view) => <Designer view={view} />}</Loaded>;
}

function Designer({ view }: { view: ThemeView }) {
  const { t } = useTranslation();
  const canEdit = useMay()("settings.edit");
  const [isLooking, setLooking] = useState(false);
  const [isDirty, setDirty] = useState(false);
  const [round, setRound] = useState(0);
  const publishing = useSave<number, ThemeView>({ send: publishTheme, done: take });
  async function take(next: ThemeView) {
    queryClient.setQueryData(themeQuery.queryKey, next);
    await queryClient.invalidateQueries({ queryKey: ["design", "versions"] });
  }
  const actions = (
    <>
      {canEdit && isDirty && (
        <Text size="sm" c="dimmed">
          {t("design.saveFirst")}
        </Text>
      )}
      <Button variant="default" onClick={() => setLooking(true)}>
        {t("design.versions")}
      </Button>
      {canEdit && (
        <Button
          disabled={view.is_published || isDirty}
          loading={publishing.isSaving}
          onClick={() => publishing.save(view.version)}
        >
          {t("design.publish")}
        </Button>
      )}
    </>
  );
  return (
    <Page title={t("nav.design")} subtitle={t("design.subtitle")} actions={actions}>
      <ProblemNotice problem={publishing.problem} />
      <State view={view} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <SettingsForm
          key={round}
          view={view}
          queryKey={themeQuery.queryKey}
          draftOf={designDraft}
          send={(values, version) => saveTheme(version, designBody(values))}
        >
          {(draft) => <Board draft={draft} onDirty={setDirty} />}
        </SettingsForm>
        <Preview version={view.version} />
      </SimpleGrid>
      {isLooking && (
        <VersionsDrawer
          version={view.version}
          canEdit={canEdit}
          onClose={() => setLooking(false)}
          onBack={(next) => {
            take(next);
            setRound((before) => before + 1);
          }}
        />
      )}
    </Page>
  );
}

function State({ view }: { view: ThemeView }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!view.is_published) {
    return <Notice tone="info">{t("design.waits")}</Notice>;
  }
  return view.published ? (
    <Notice tone="good">{t("design.since", { at: format.dateTime(view.published.published_at) })}</Notice>
  ) : null;
}

interface BoardProps {
  draft: Draft<DesignDraft>;
  onDirty: (isDirty: boolean) => void;
}

function Board({ draft, onDirty }: BoardProps) {
  const { isDirty } = draft;
  useEffect(() => onDirty(isDirty), [isDirty, onDirty]);
  const templates = useQuery(templatesQuery);
  const themes = useQuery(themesQuery);
  const theme = themes.data?.find((one) => one.key === draft.values.template);
  return (
    <Loaded query={templates}>
      {({ items }) => (
        <Stack>
          <ThemeCard draft={draft} templates={items} theme={theme} />
          <SectionsCard draft={draft} theme={theme} />
        </Stack>
      )}
    </Loaded>
  );
}
