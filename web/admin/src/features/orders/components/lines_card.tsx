import { Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { MoneyText } from "~/ui/money.tsx";
import { Section } from "~/ui/page.tsx";
import { Table } from "~/ui/table.tsx";
import type { OrderDetail } from "../api.ts";

export function LinesCard({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Section title={t("orders.lines")} flush foot={<Totals order={order} />}>
      <Table
        label={t("orders.lines")}
        rows={order.lines}
        rowKey={(line) => line.id}
        columns={[
          {
            key: "title",
            header: t("stock.product"),
            cell: (line) => (
              <Stack gap={0}>
                <Link
                  to="/products/$id"
                  params={{ id: line.product_id }}
                  style={{ color: "inherit", fontWeight: 550 }}
                >
                  {line.title}
                </Link>
                <Text size="xs" c="dimmed">
                  {[line.variant_title, line.sku].filter(Boolean).join(" · ")}
                </Text>
              </Stack>
            ),
          },
          {
            key: "quantity",
            header: t("orders.quantity"),
            cell: (line) => format.number(line.quantity),
            end: true,
          },
          {
            key: "price",
            header: t("orders.unitPrice"),
            cell: (line) => <MoneyText value={line.unit_price} />,
            end: true,
          },
          {
            key: "total",
            header: t("orders.total"),
            cell: (line) => <MoneyText value={line.total} />,
            end: true,
          },
        ]}
      />
    </Section>
  );
}

function Totals({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const lines = [
    { name: t("orders.subtotal"), value: order.subtotal },
    { name: t("orders.shipping"), value: order.shipping },
    { name: t("orders.tax"), value: order.tax, muted: true },
    { name: t("orders.total"), value: order.total, strong: true },
    ...(order.paid.amount > 0 ? [{ name: t("orders.paid"), value: order.paid }] : []),
    ...(order.refunded.amount > 0 ? [{ name: t("orders.refunded"), value: order.refunded }] : []),
    ...(order.refunding.amount > 0
      ? [{ name: t("orders.refunding"), value: order.refunding, muted: true }]
      : []),
  ];
  return (
    <Stack gap={4} maw={320} ms="auto">
      {lines.map((line) => (
        <Group key={line.name} justify="space-between">
          <Text size="sm" c={line.muted ? "dimmed" : undefined} fw={line.strong ? 650 : undefined}>
            {line.name}
          </Text>
          <Text size="sm" fw={line.strong ? 650 : undefined}>
            <MoneyText value={line.value} muted={line.muted} />
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
