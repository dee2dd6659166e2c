import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { MoneyText } from "~/ui/money.tsx";
import { Section } from "~/ui/page.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import type { OrderDetail } from "../api.ts";

export function RefundsCard({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (order.refunds.length === 0) {
    return null;
  }
  return (
    <Section title={t("orders.refunds")} flush>
      <Table
        label={t("orders.refunds")}
        rows={order.refunds}
        rowKey={(refund) => refund.id}
        columns={[
          { key: "at", header: t("orders.when"), cell: (refund) => format.dateTime(refund.created_at) },
          {
            key: "status",
            header: t("orders.status"),
            cell: (refund) => <StateBadge state={refund.status} />,
          },
          {
            key: "reason",
            header: t("orders.reason"),
            cell: (refund) =>
              [
                t(`refundReasons.${refund.reason}` as "refundReasons.duplicate", refund.reason),
                refund.note,
                refund.external ? t("orders.atStripe") : "",
              ]
                .filter(Boolean)
                .join(" · "),
          },
          {
            key: "amount",
            header: t("orders.amount"),
            cell: (refund) => <MoneyText value={refund.amount} />,
            end: true,
          },
        ]}
      />
    </Section>
  );
}
