import { Button, CopyButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Label } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import type { DnsRecord } from "../api.ts";

/** What is typed at the registrar, and what stood there at the last look. */
export function Records({ records }: { records: DnsRecord[] }) {
  const { t } = useTranslation();
  return (
    <Table
      label={t("domains.records")}
      rows={records}
      rowKey={(record) => `${record.kind} ${record.name} ${record.value}`}
      columns={[
        { key: "kind", header: t("domains.kind"), cell: (record) => record.kind },
        {
          key: "name",
          header: t("domains.name"),
          cell: (record) => <span className="mono">{record.name}</span>,
        },
        {
          key: "value",
          header: t("domains.value"),
          cell: (record) => <span className="mono">{record.value}</span>,
        },
        { key: "found", header: t("domains.found"), cell: (record) => <Found record={record} /> },
        {
          key: "copy",
          header: t("common.copy"),
          hideHeader: true,
          end: true,
          cell: (record) => <Copy value={record.value} />,
        },
      ]}
    />
  );
}

function Found({ record }: { record: DnsRecord }) {
  const { t } = useTranslation();
  if (record.is_right === null || record.is_right === undefined) {
    return <Label tone="quiet">{t("domains.notLooked")}</Label>;
  }
  if (record.is_right) {
    return <Label tone="good">{t("domains.right")}</Label>;
  }
  const found = record.found ?? [];
  return <Label tone="bad">{found.length > 0 ? found.join(", ") : t("domains.nothing")}</Label>;
}

function Copy({ value }: { value: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button size="compact-sm" variant="default" onClick={copy}>
          {copied ? t("common.copied") : t("common.copy")}
        </Button>
      )}
    </CopyButton>
  );
}
