import { Group, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { replayStripeEvent, stripeEventsQuery } from "./api.ts";
import { DeedButton } from "./components/deed_button.tsx";
import { STRIPE_STATES } from "./schema.ts";

/** What Stripe told, the newest hundred. */
export function StripeEvents({ state }: { state: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const query = useQuery(stripeEventsQuery(state));
  return (
    <Page title={t("nav.stripeWebhooks")} subtitle={t("platform.stripeText")}>
      <Section flush>
        <Group p="md">
          <Select
            w={{ base: "100%", sm: 200 }}
            aria-label={t("orders.status")}
            placeholder={t("orders.anyStatus")}
            clearable
            data={STRIPE_STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
            value={state ?? null}
            onChange={(next) =>
              navigate({
                to: "/platform/webhooks",
                search: { state: STRIPE_STATES.find((known) => known === next) },
              })
            }
          />
        </Group>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("platform.noStripe")} />
            ) : (
              <Table
                label={t("nav.stripeWebhooks")}
                rows={items}
                rowKey={(row) => `${row.endpoint}/${row.event_id}`}
                columns={[
                  {
                    key: "type",
                    header: t("platform.event"),
                    cell: (row) => <span className="mono">{row.type}</span>,
                  },
                  {
                    key: "id",
                    header: "ID",
                    cell: (row) => <span className="mono">{row.event_id}</span>,
                    wideOnly: true,
                  },
                  {
                    key: "state",
                    header: t("orders.status"),
                    cell: (row) => <StateBadge state={row.state} />,
                  },
                  {
                    key: "note",
                    header: t("orders.note"),
                    cell: (row) => row.note && <Text size="xs">{row.note}</Text>,
                  },
                  { key: "at", header: t("orders.when"), cell: (row) => format.dateTime(row.received_at) },
                  {
                    key: "actions",
                    header: t("table.actions"),
                    hideHeader: true,
                    end: true,
                    cell: (row) => (
                      <DeedButton label={t("platform.replay")} send={() => replayStripeEvent(row)} />
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}
