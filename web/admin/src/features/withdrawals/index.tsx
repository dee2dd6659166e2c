import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label, StateBadge } from "~/ui/state.tsx";
import { Empty, Pager, Table } from "~/ui/table.tsx";
import { isOverdue, type WithdrawalSearch, withdrawalsQuery } from "./api.ts";
import { CloseDialog } from "./close_dialog.tsx";
import type { Withdrawal } from "./contract.ts";

/** Declarations of withdrawal, and until when their money is due. */
export function WithdrawalsPage({ search }: { search: WithdrawalSearch }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const canEdit = useMay()("orders.edit");
  const query = useQuery(withdrawalsQuery(search));
  const [closed, setClosed] = useState<Withdrawal | null>(null);
  const go = (part: WithdrawalSearch, paged?: boolean) =>
    navigate({
      to: "/withdrawals",
      search: { ...search, after: undefined, ...part },
      state: (b) => ({ ...b, paged }),
    });
  return (
    <Page title={t("nav.withdrawals")} subtitle={t("withdrawals.text")}>
      <Section flush>
        <Group p="md">
          <SegmentedControl
            aria-label={t("orders.status")}
            data={[
              { value: "", label: t("withdrawals.all") },
              { value: "open", label: t("withdrawals.open") },
              { value: "closed", label: t("withdrawals.closed") },
            ]}
            value={search.status ?? ""}
            onChange={(value) => go({ status: value === "open" || value === "closed" ? value : undefined })}
          />
        </Group>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("withdrawals.empty")} text={t("withdrawals.emptyText")} />
            ) : (
              <Table
                label={t("nav.withdrawals")}
                rows={items}
                rowKey={(row) => row.id}
                columns={[
                  {
                    key: "order",
                    header: t("withdrawals.order"),
                    cell: (row) => (
                      <Link to="/orders/$id" params={{ id: row.order_id }}>
                        {row.order_number}
                      </Link>
                    ),
                  },
                  { key: "customer", header: t("withdrawals.customer"), cell: (row) => <Who row={row} /> },
                  { key: "what", header: t("withdrawals.what"), cell: (row) => <What row={row} /> },
                  {
                    key: "received",
                    header: t("withdrawals.received"),
                    cell: (row) => format.dateTime(row.received_at),
                  },
                  {
                    key: "refund_by",
                    header: t("withdrawals.refundBy"),
                    cell: (row) => <RefundBy row={row} />,
                  },
                  {
                    key: "status",
                    header: t("orders.status"),
                    cell: (row) => (
                      <StateBadge state={row.status} tone={row.status === "open" ? "warn" : "good"} />
                    ),
                  },
                  {
                    key: "actions",
                    header: t("table.actions"),
                    hideHeader: true,
                    end: true,
                    cell: (row) =>
                      row.status === "open" && canEdit ? (
                        <Button size="compact-sm" variant="default" onClick={() => setClosed(row)}>
                          {t("withdrawals.close")}
                        </Button>
                      ) : (
                        row.note
                      ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Section>
      <Pager
        shown={query.data?.items.length ?? 0}
        next={query.data?.next}
        after={search.after}
        onPage={(after) => go({ after }, true)}
      />
      {closed && <CloseDialog withdrawal={closed} onClose={() => setClosed(null)} />}
    </Page>
  );
}

function Who({ row }: { row: Withdrawal }) {
  return (
    <Stack gap={0}>
      <span>{row.name}</span>
      <Text size="xs" c="dimmed">
        {row.email}
      </Text>
    </Stack>
  );
}

function RefundBy({ row }: { row: Withdrawal }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Stack gap={0}>
      <span>{format.date(row.refund_by)}</span>
      {isOverdue(row, new Date()) && <Label tone="bad">{t("withdrawals.overdue")}</Label>}
    </Stack>
  );
}

function What({ row }: { row: Withdrawal }) {
  const { t } = useTranslation();
  return (
    <Stack gap={2}>
      {row.whole_order ? (
        <span>{t("withdrawals.whole")}</span>
      ) : (
        row.lines.map((line) => (
          <span key={line.line_id}>
            {line.quantity} × {[line.title, line.variant_title].filter(Boolean).join(" · ")}
          </span>
        ))
      )}
      {row.statement && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {row.statement}
        </Text>
      )}
    </Stack>
  );
}
