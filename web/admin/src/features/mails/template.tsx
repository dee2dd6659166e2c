import { Button, Code, Grid, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { useMay } from "~/lib/permissions.ts";
import { useSave } from "~/lib/save.ts";
import { ConflictDialog, LeaveGuard } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { SaveBar } from "~/ui/savebar.tsx";
import {
  deleteTemplate,
  previewQuery,
  saveTemplate,
  type TemplateView,
  type Texts,
  templateQuery,
  testTemplate,
} from "./api.ts";
import { MailFrame } from "./components/mail_frame.tsx";
import { changedTexts } from "./schema.ts";

const PREVIEW_PAUSE_MS = 400;

export function TemplatePage({ kind, locale }: { kind: string; locale: string }) {
  const query = useQuery(templateQuery(kind, locale));
  return <Loaded query={query}>{(view) => <Editor key={`${kind}${locale}`} view={view} />}</Loaded>;
}

function Editor({ view }: { view: TemplateView }) {
  const { t } = useTranslation();
  const may = useMay();
  const draft = useDraft<Texts>(view.texts);
  const [theirs, setTheirs] = useState<TemplateView | null>(null);
  const canEdit = may("settings.edit");
  const body = changedTexts(draft.values, view.defaults);
  const saving = useSave<{ seen: number; body: Partial<Texts> }, TemplateView>({
    send: (input) => saveTemplate(view, input.seen, input.body),
    done: (saved) => draft.reset(saved.texts),
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        setTheirs(problem.problem.current as TemplateView);
      }
    },
  });
  const testing = useSave({
    send: (_, key) => testTemplate(view, key),
    done: () => {
      notifications.show({ message: t("mails.testSent") });
    },
  });
  const restoring = useSave({
    send: () => deleteTemplate(view),
    done: () => draft.reset(view.defaults),
  });
  const actions = canEdit && (
    <>
      {view.version > 0 && (
        <Button variant="default" loading={restoring.isSaving} onClick={() => restoring.save()}>
          {t("mails.restore")}
        </Button>
      )}
      <Button
        variant="default"
        disabled={draft.isDirty}
        loading={testing.isSaving}
        onClick={() => testing.save()}
      >
        {t("mails.test")}
      </Button>
    </>
  );
  return (
    <Page
      title={t(`mailKinds.${view.kind}` as "mailKinds.order_paid", view.kind)}
      subtitle={view.locale}
      back={{ to: "/mails/templates", label: t("mails.templates") }}
      actions={actions}
    >
      <ProblemNotice
        problem={(theirs ? null : saving.problem) ?? testing.problem ?? restoring.problem}
        shown={(pointer) => pointer in draft.errors}
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Section title={t("mails.words")}>
            <Stack>
              <TextInput label={t("mails.subject")} readOnly={!canEdit} {...draft.text("subject")} />
              <TextInput label={t("mails.heading")} readOnly={!canEdit} {...draft.text("heading")} />
              <Textarea
                label={t("mails.body")}
                autosize
                minRows={6}
                readOnly={!canEdit}
                {...draft.text("body")}
              />
              <Textarea
                label={t("mails.closing")}
                autosize
                minRows={2}
                readOnly={!canEdit}
                {...draft.text("closing")}
              />
              {view.defaults.button && (
                <TextInput label={t("mails.button")} readOnly={!canEdit} {...draft.text("button")} />
              )}
              <div>
                <Text size="sm" fw={500} mb={4}>
                  {t("mails.known")}
                </Text>
                <Group gap={6}>
                  {view.known.map((name) => (
                    <Code key={name}>{`{{ ${name} }}`}</Code>
                  ))}
                </Group>
              </div>
            </Stack>
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Preview view={view} body={body} />
        </Grid.Col>
      </Grid>
      <SaveBar
        isDirty={draft.isDirty && canEdit}
        isSaving={saving.isSaving}
        onSave={() => saving.save({ seen: view.version, body })}
        onReset={() => draft.reset(view.texts)}
      />
      <LeaveGuard isDirty={draft.isDirty} />
      <ConflictDialog
        opened={theirs !== null}
        onClose={() => setTheirs(null)}
        onOverwrite={() => {
          const seen = theirs?.version ?? view.version;
          setTheirs(null);
          saving.save({ seen, body });
        }}
        onTakeTheirs={() => {
          if (theirs) {
            draft.reset(theirs.texts);
          }
          setTheirs(null);
          saving.forget();
        }}
      />
    </Page>
  );
}

function Preview({ view, body }: { view: TemplateView; body: Partial<Texts> }) {
  const { t } = useTranslation();
  const [settled] = useDebouncedValue(JSON.stringify(body), PREVIEW_PAUSE_MS);
  const query = useQuery(previewQuery(view.kind, view.locale, JSON.parse(settled)));
  return (
    <Section title={t("mails.preview")} text={query.data?.subject}>
      <Loaded query={query}>{(preview) => <MailFrame html={preview.html} />}</Loaded>
    </Section>
  );
}
