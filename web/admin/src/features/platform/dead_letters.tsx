import { Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Pager, Table } from "~/ui/table.tsx";
import { deadLettersQuery, dropLetter, replayLetter } from "./api.ts";
import { DeedButton } from "./components/deed_button.tsx";
import { ServiceFilter } from "./components/service_filter.tsx";
import type { ServiceSearch } from "./schema.ts";

/** Events that five attempts could not deliver to a service. */
export function DeadLetters({ search }: { search: ServiceSearch }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const service = search.service ?? "orders";
  const query = useQuery(deadLettersQuery(service, search.after));
  const go = (part: ServiceSearch, paged?: boolean) =>
    navigate({
      to: "/platform/dead-letters",
      search: { ...search, after: undefined, ...part },
      state: (before) => ({ ...before, paged }),
    });
  return (
    <Page title={t("nav.deadLetters")} subtitle={t("platform.deadLettersText")}>
      <Section flush>
        <Group p="md">
          <ServiceFilter value={service} onChange={(next) => go({ service: next })} />
        </Group>
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty title={t("platform.noDeadLetters")} text={t("platform.noDeadLettersText")} />
            ) : (
              <Table
                label={t("nav.deadLetters")}
                rows={list.items}
                rowKey={(row) => row.id}
                columns={[
                  {
                    key: "type",
                    header: t("platform.event"),
                    cell: (row) => <span className="mono">{row.event_type}</span>,
                  },
                  {
                    key: "error",
                    header: t("platform.error"),
                    cell: (row) => (
                      <Text size="xs" lineClamp={3} title={row.error} maw={420}>
                        {row.error}
                      </Text>
                    ),
                  },
                  {
                    key: "attempts",
                    header: t("platform.attempts"),
                    cell: (row) => format.number(row.attempts),
                    end: true,
                  },
                  { key: "at", header: t("orders.when"), cell: (row) => format.dateTime(row.parked_at) },
                  {
                    key: "actions",
                    header: t("table.actions"),
                    hideHeader: true,
                    end: true,
                    cell: (row) => (
                      <Group gap={6} justify="flex-end" wrap="nowrap">
                        <DeedButton label={t("platform.replay")} send={() => replayLetter(service, row.id)} />
                        <DeedButton
                          label={t("platform.drop")}
                          ask={t("platform.dropLetterText")}
                          send={() => dropLetter(service, row.id)}
                        />
                      </Group>
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
    </Page>
  );
}
