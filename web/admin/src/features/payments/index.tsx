import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { MoneyText } from "~/ui/money.tsx";
import { Notice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { type Column, Empty, Pager, Table } from "~/ui/table.tsx";
import { accountQuery, type PaymentView, paymentsQuery } from "./api.ts";
import { PaymentDrawer } from "./components/payment_drawer.tsx";

export function Payments({ after }: { after: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(paymentsQuery(after));
  const account = useQuery(accountQuery);
  const [looked, setLooked] = useState<string | null>(null);
  const columns = useColumns(setLooked);
  return (
    <Page title={t("nav.payments")} subtitle={t("payments.subtitle")}>
      {account.data !== undefined && account.data?.status !== "active" && (
        <Notice
          tone="warn"
          title={t("payments.notReady")}
          action={
            <Button component={Link} to="/settings/payments" variant="default" size="xs">
              {t("payments.setUp")}
            </Button>
          }
        >
          {t("payments.notReadyText")}
        </Notice>
      )}
      <Section flush>
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty title={t("payments.empty")} text={t("payments.emptyText")} />
            ) : (
              <Table label={t("nav.payments")} rows={list.items} rowKey={(row) => row.id} columns={columns} />
            )
          }
        </Loaded>
      </Section>
      <Pager
        shown={query.data?.items.length ?? 0}
        next={query.data?.next}
        after={after}
        onPage={(cursor) =>
          navigate({ to: "/payments", search: { after: cursor }, state: (b) => ({ ...b, paged: true }) })
        }
      />
      {looked && <PaymentDrawer id={looked} onClose={() => setLooked(null)} />}
    </Page>
  );
}

function useColumns(onLook: (id: string) => void): Column<PaymentView>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    {
      key: "order",
      header: t("payments.order"),
      cell: (row) => (
        <Link
          to="/orders/$id"
          params={{ id: row.order_id }}
          className="num"
          style={{ color: "inherit", fontWeight: 550 }}
        >
          {row.order_number}
        </Link>
      ),
    },
    { key: "at", header: t("orders.when"), cell: (row) => format.dateTime(row.created_at) },
    { key: "method", header: t("orders.method"), cell: (row) => <Method payment={row} /> },
    { key: "status", header: t("orders.status"), cell: (row) => <StateBadge state={row.status} /> },
    {
      key: "fee",
      header: t("payments.fee"),
      cell: (row) => <MoneyText value={row.application_fee} muted />,
      end: true,
      wideOnly: true,
    },
    {
      key: "refunded",
      header: t("orders.refunded"),
      cell: (row) => row.refunded.amount > 0 && <MoneyText value={row.refunded} />,
      end: true,
    },
    { key: "amount", header: t("orders.amount"), cell: (row) => <MoneyText value={row.amount} />, end: true },
    {
      key: "actions",
      header: t("table.actions"),
      hideHeader: true,
      end: true,
      cell: (row) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t("payments.detailsOf", { number: row.order_number })}
          onClick={() => onLook(row.id)}
        >
          {t("payments.details")}
        </Button>
      ),
    },
  ];
}

function Method({ payment }: { payment: PaymentView }) {
  const { t } = useTranslation();
  const method = payment.method ?? "";
  const name = method ? t(`methods.${method}` as "methods.card", method) : "";
  const card = payment.card_last4 ? `${payment.card_brand ?? ""} •••• ${payment.card_last4}` : "";
  return <>{[name, card].filter(Boolean).join(" · ")}</>;
}
