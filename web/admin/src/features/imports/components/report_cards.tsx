import { List, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconCircle, IconQuestionMark } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import { type ReportView, reportQuery } from "../api.ts";

/** What came, side by side with the old shop, and what is left to do before the switch. */
export function ReportCards({ id }: { id: string }) {
  const query = useQuery(reportQuery(id));
  return (
    <Loaded query={query}>
      {(report) => (
        <Stack gap="lg">
          <Totals report={report} />
          <Turnover report={report} />
          <Checklist report={report} />
        </Stack>
      )}
    </Loaded>
  );
}

function Totals({ report }: { report: ReportView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Section title={t("imports.totals")} text={t("imports.totalsText")} flush>
      <Table
        label={t("imports.totals")}
        rows={report.totals}
        rowKey={(row) => `${row.resource}/${row.label}`}
        keep
        columns={[
          {
            key: "what",
            header: t("imports.what"),
            cell: (row) =>
              [t(`resources.${row.resource}` as "resources.products", row.resource), row.label]
                .filter(Boolean)
                .join(" · "),
          },
          {
            key: "source",
            header: t("imports.oldShop"),
            cell: (row) => format.number(row.source),
            end: true,
          },
          { key: "arrived", header: t("imports.here"), cell: (row) => format.number(row.arrived), end: true },
          {
            key: "same",
            header: t("invoices.result"),
            cell: (row) =>
              row.source === row.arrived ? (
                <Label tone="good">{t("imports.same")}</Label>
              ) : (
                <Label tone="warn">{t("imports.differs")}</Label>
              ),
          },
        ]}
      />
      {report.differences.length > 0 && (
        <List size="sm" p="md" ps="xl">
          {report.differences.map((difference) => (
            <List.Item key={difference}>{difference}</List.Item>
          ))}
        </List>
      )}
    </Section>
  );
}

function Turnover({ report }: { report: ReportView }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (report.turnover.length === 0) {
    return null;
  }
  return (
    <Section title={t("imports.turnover")} flush>
      <Table
        label={t("imports.turnover")}
        rows={report.turnover}
        rowKey={(row) => `${row.month}/${row.currency}/${row.status}`}
        keep
        columns={[
          { key: "month", header: t("imports.month"), cell: (row) => row.month },
          { key: "status", header: t("orders.status"), cell: (row) => row.status },
          {
            key: "source",
            header: t("imports.oldShop"),
            cell: (row) => format.money({ amount: row.source.total, currency: row.currency }),
            end: true,
          },
          {
            key: "arrived",
            header: t("imports.here"),
            cell: (row) => format.money({ amount: row.arrived.total, currency: row.currency }),
            end: true,
          },
        ]}
      />
    </Section>
  );
}

function Checklist({ report }: { report: ReportView }) {
  const { t } = useTranslation();
  return (
    <Section title={t("imports.checklist")} text={t("imports.checklistText")}>
      <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {report.checklist.map((item) => (
          <Stack key={item.key} component="li" gap={0}>
            <Text size="sm" style={{ display: "flex", gap: 10, alignItems: "flex-start" }}>
              <Mark done={item.done ?? null} />
              <span>{item.text}</span>
            </Text>
          </Stack>
        ))}
      </Stack>
    </Section>
  );
}

function Mark({ done }: { done: boolean | null }) {
  const { t } = useTranslation();
  const name = done === null ? t("imports.unknown") : done ? t("setup.done") : t("setup.open");
  const Icon = done === null ? IconQuestionMark : done ? IconCheck : IconCircle;
  return (
    <ThemeIcon size={20} radius="xl" variant={done ? "filled" : "default"} aria-label={name} role="img">
      <Icon size={13} aria-hidden />
    </ThemeIcon>
  );
}
