import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { Notice, ProblemNotice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import { deleteImport, type ImportView, importQuery, resumeImport, stopImport } from "./api.ts";
import { IssuesCard } from "./components/issues_card.tsx";
import { ReportCards } from "./components/report_cards.tsx";
import { useFollowed } from "./follow.ts";
import { hasEnded, progressOf } from "./schema.ts";

export function ImportPage({ id }: { id: string }) {
  const query = useQuery(importQuery(id));
  return <Loaded query={query}>{(view) => <Detail view={view} />}</Loaded>;
}

function Detail({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const isLost = useFollowed(view);
  return (
    <Page
      title={view.shop}
      back={{ to: "/imports", label: t("nav.imports") }}
      subtitle={
        <Group gap="md">
          <StateBadge state={view.state} />
          {view.dry_run && <span>{t("imports.dryRun")}</span>}
        </Group>
      }
      actions={<Actions view={view} />}
    >
      {isLost && <Notice tone="warn">{t("imports.lost")}</Notice>}
      {view.last_error && <Notice tone={view.state === "failed" ? "bad" : "warn"}>{view.last_error}</Notice>}
      <ProgressCard view={view} />
      {hasEnded(view.state) && <ReportCards id={view.id} />}
      {hasEnded(view.state) && <IssuesCard id={view.id} />}
    </Page>
  );
}

function ProgressCard({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const percent = view.state === "completed" ? 100 : progressOf(view.counts);
  const left = view.seconds_left;
  return (
    <Section title={t("imports.progress")} flush>
      <Stack gap="xs" px={20} pb="md">
        <Progress value={percent ?? 0} aria-label={t("imports.progress")} />
        <Group justify="space-between">
          <Text size="sm" aria-live="polite">
            {percent === null ? t("imports.counting") : `${percent} %`}
            {!hasEnded(view.state) &&
              view.step &&
              ` · ${t(`resources.${view.step}` as "resources.products", view.step)}`}
          </Text>
          <Text size="sm" c="dimmed">
            {t("imports.rate", { rate: format.number(view.records_per_second) })}
            {left != null &&
              !hasEnded(view.state) &&
              ` · ${t("imports.left", { minutes: Math.ceil(left / 60) })}`}
          </Text>
        </Group>
      </Stack>
      <Table
        label={t("imports.progress")}
        rows={view.counts}
        rowKey={(row) => row.resource}
        keep
        columns={[
          {
            key: "resource",
            header: t("imports.what"),
            cell: (row) => t(`resources.${row.resource}` as "resources.products", row.resource),
          },
          {
            key: "total",
            header: t("imports.there"),
            cell: (row) => (row.total ? format.number(row.total) : "—"),
            end: true,
          },
          { key: "read", header: t("imports.readCount"), cell: (row) => format.number(row.read), end: true },
          {
            key: "applied",
            header: t("imports.arrived"),
            cell: (row) => format.number(row.applied),
            end: true,
          },
          {
            key: "same",
            header: t("imports.unchanged"),
            cell: (row) => format.number(row.unchanged),
            end: true,
          },
          { key: "failed", header: t("imports.failed"), cell: (row) => format.number(row.failed), end: true },
        ]}
      />
    </Section>
  );
}

function Actions({ view }: { view: ImportView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const stopping = useSave({ send: () => stopImport(view.id) });
  const resuming = useSave({ send: () => resumeImport(view.id) });
  const deleting = useSave({ send: () => deleteImport(view.id), done: () => navigate({ to: "/imports" }) });
  const isGoing = view.state === "queued" || view.state === "running";
  return (
    <>
      {isGoing && (
        <Button variant="default" loading={stopping.isSaving} onClick={() => stopping.save()}>
          {t("imports.stop")}
        </Button>
      )}
      {view.state === "stopped" && (
        <Button loading={resuming.isSaving} onClick={() => resuming.save()}>
          {t("imports.resume")}
        </Button>
      )}
      {hasEnded(view.state) && (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t("common.delete")}
        </Button>
      )}
      <ProblemNotice problem={stopping.problem ?? resuming.problem} />
      <Confirm
        opened={isAsking}
        isDangerous
        title={t("imports.deleteTitle")}
        confirm={t("common.delete")}
        isBusy={deleting.isSaving}
        onConfirm={deleting.save}
        onClose={() => setAsking(false)}
      >
        {t("imports.deleteText")}
        <ProblemNotice problem={deleting.problem} />
      </Confirm>
    </>
  );
}
