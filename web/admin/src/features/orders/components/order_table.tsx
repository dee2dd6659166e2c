import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { MoneyText } from "~/ui/money.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import type { OrderSummary } from "../api.ts";

/** What nobody will send does not wait for it. */
export function FulfilmentBadge({ order }: { order: { status: string; fulfilment: string } }) {
  const isOver = order.status === "cancelled" || order.status === "refunded";
  return <StateBadge state={order.fulfilment} tone={isOver ? "quiet" : undefined} />;
}

export function OrderTable({ items }: { items: OrderSummary[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table
      label={t("nav.orders")}
      rows={items}
      rowKey={(row) => row.id}
      linked
      columns={[
        {
          key: "number",
          header: t("orders.number"),
          cell: (row) => (
            <Link to="/orders/$id" params={{ id: row.id }} className="row-target num">
              {row.number}
            </Link>
          ),
        },
        { key: "placed", header: t("orders.placed"), cell: (row) => format.dateTime(row.placed_at) },
        { key: "email", header: t("orders.customer"), cell: (row) => row.email },
        { key: "status", header: t("orders.status"), cell: (row) => <StateBadge state={row.status} /> },
        { key: "fulfilment", header: t("orders.fulfilment"), cell: (row) => <FulfilmentBadge order={row} /> },
        {
          key: "total",
          header: t("orders.total"),
          cell: (row) => <MoneyText value={row.total} />,
          end: true,
        },
      ]}
    />
  );
}
