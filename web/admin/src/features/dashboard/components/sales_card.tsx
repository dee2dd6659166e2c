import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { MoneyText } from "~/ui/money.tsx";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { placedSinceQuery } from "../api.ts";
import { DAYS, periodStart, type Sales, salesOf } from "../schema.ts";

export function SalesCard() {
  const { t } = useTranslation();
  const since = useMemo(() => periodStart(new Date()).toISOString(), []);
  const query = useQuery(placedSinceQuery(since));
  return (
    <Section title={t("dashboard.sales")} text={t("dashboard.salesText", { count: DAYS })}>
      <Loaded query={query}>
        {({ orders, isCut }) => (
          <Stack>
            <Chart sales={salesOf(orders, new Date())} />
            {isCut && (
              <Text size="xs" c="dimmed">
                {t("dashboard.cut", { count: orders.length })}
              </Text>
            )}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}

function Chart({ sales }: { sales: Sales }) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(1, ...sales.days.map((day) => day.amount));
  const currency = sales.total?.currency ?? "EUR";
  const said = (day: Sales["days"][number]) =>
    `${format.date(`${day.day}T12:00:00`)}: ${format.money({ amount: day.amount, currency })} (${day.orders})`;
  return (
    <>
      <Group gap="xl">
        <Figure name={t("dashboard.turnover")}>
          {sales.total ? <MoneyText value={sales.total} /> : "—"}
        </Figure>
        <Figure name={t("dashboard.orders")}>{format.number(sales.orders)}</Figure>
      </Group>
      <div className="bars" role="img" aria-label={sales.days.map(said).join("; ")}>
        {sales.days.map((day) => (
          <span
            key={day.day}
            title={said(day)}
            data-empty={day.amount === 0 || undefined}
            style={{ height: `${Math.round((day.amount / most) * 100)}%` }}
          />
        ))}
      </div>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {format.date(`${sales.days[0]?.day}T12:00:00`)}
        </Text>
        <Text size="xs" c="dimmed">
          {format.date(`${sales.days.at(-1)?.day}T12:00:00`)}
        </Text>
      </Group>
    </>
  );
}

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz={26} fw={650} lh={1.25} className="num">
        {children}
      </Text>
    </div>
  );
}
