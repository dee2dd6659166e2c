import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFileTypePdf } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { useSave } from "~/lib/save.ts";
import { MoneyText } from "~/ui/money.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { type Column, Table } from "~/ui/table.tsx";
import { type DocumentView, openPdf, retryDocument } from "../api.ts";

interface DocumentTableProps {
  items: DocumentView[];
  /** On an order's own page, its number need not be said. */
  isOfOrder?: boolean;
}

export function DocumentTable({ items, isOfOrder }: DocumentTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: Column<DocumentView>[] = [
    {
      key: "number",
      header: t("invoices.document"),
      cell: (row) => (
        <Stack gap={0}>
          <Text size="sm" fw={550}>
            {row.number ?? t(`documentKinds.${row.kind}` as "documentKinds.proforma", row.kind)}
          </Text>
          {row.number && (
            <Text size="xs" c="dimmed">
              {t(`documentKinds.${row.kind}` as "documentKinds.proforma", row.kind)}
            </Text>
          )}
        </Stack>
      ),
    },
    {
      key: "order",
      header: t("payments.order"),
      cell: (row) => (
        <Link to="/orders/$id" params={{ id: row.order_id }} className="num" style={{ color: "inherit" }}>
          {row.order_number}
        </Link>
      ),
    },
    {
      key: "created",
      header: t("orders.when"),
      cell: (row) => format.dateTime(row.issued_at ?? row.created_at),
    },
    { key: "status", header: t("orders.status"), cell: (row) => <DocumentState document={row} /> },
    { key: "total", header: t("orders.total"), cell: (row) => <MoneyText value={row.total} />, end: true },
    {
      key: "actions",
      header: t("table.actions"),
      hideHeader: true,
      end: true,
      cell: (row) => <Actions document={row} />,
    },
  ];
  const shown = isOfOrder ? columns.filter((column) => column.key !== "order") : columns;
  return <Table label={t("nav.invoices")} rows={items} rowKey={(row) => row.id} columns={shown} />;
}

/** The state, and while it is not issued what keeps it, in the merchant's words. */
function DocumentState({ document }: { document: DocumentView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap={2}>
      <StateBadge state={document.status} />
      {document.problem_text && (
        <Text size="xs" maw={360}>
          {document.problem_text}
        </Text>
      )}
      {document.needs === "retry" && document.next_at && (
        <Text size="xs" c="dimmed">
          {t("invoices.nextTry", { at: format.ago(document.next_at) })}
        </Text>
      )}
      {document.needs === "platform" && (
        <Text size="xs" c="dimmed">
          {t("invoices.needsPlatform")}
        </Text>
      )}
    </Stack>
  );
}

function Actions({ document }: { document: DocumentView }) {
  const { t } = useTranslation();
  const may = useMay();
  const retrying = useSave({ send: () => retryDocument(document.id) });
  const name = document.number ?? document.order_number;
  const open = () =>
    openPdf(document).catch(() => notifications.show({ color: "red", message: t("invoices.noPdf") }));
  return (
    <Stack gap={4} align="flex-end">
      <Group gap={6} wrap="nowrap" justify="flex-end">
        {document.has_pdf && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconFileTypePdf size={15} aria-hidden />}
            aria-label={t("invoices.pdfOf", { name })}
            onClick={open}
          >
            PDF
          </Button>
        )}
        {document.status === "failed" && may("invoices.manage") && (
          <Button
            size="compact-sm"
            loading={retrying.isSaving}
            aria-label={t("invoices.retryOf", { name })}
            onClick={() => retrying.save()}
          >
            {t("common.retry")}
          </Button>
        )}
      </Group>
      <ProblemNotice problem={retrying.problem} />
    </Stack>
  );
}
