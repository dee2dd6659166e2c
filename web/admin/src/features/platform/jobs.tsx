import { Group, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { oneOf } from "~/lib/search.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Empty, Pager, Table } from "~/ui/table.tsx";
import { dropJob, jobsQuery, retryJob } from "./api.ts";
import { DeedButton } from "./components/deed_button.tsx";
import { ServiceFilter } from "./components/service_filter.tsx";
import { JOB_STATES, type ServiceSearch } from "./schema.ts";

/** A service's work; what failed too often waits here for a person. */
export function Jobs({ search }: { search: ServiceSearch }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const service = search.service ?? "payments";
  const query = useQuery(jobsQuery(service, oneOf(search.state, JOB_STATES), search.after));
  const go = (part: ServiceSearch, paged?: boolean) =>
    navigate({
      to: "/platform/jobs",
      search: { ...search, after: undefined, ...part },
      state: (before) => ({ ...before, paged }),
    });
  return (
    <Page title={t("nav.jobs")} subtitle={t("platform.jobsText")}>
      <Section flush>
        <Group p="md">
          <ServiceFilter value={service} onChange={(next) => go({ service: next })} />
          <Select
            w={{ base: "100%", sm: 180 }}
            aria-label={t("orders.status")}
            placeholder={t("orders.anyStatus")}
            clearable
            data={JOB_STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
            value={search.state ?? null}
            onChange={(state) => go({ state: state ?? undefined })}
          />
        </Group>
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty title={t("platform.noJobs")} />
            ) : (
              <Table
                label={t("nav.jobs")}
                rows={list.items}
                rowKey={(row) => row.id}
                columns={[
                  {
                    key: "kind",
                    header: t("platform.kind"),
                    cell: (row) => <span className="mono">{row.kind}</span>,
                  },
                  {
                    key: "state",
                    header: t("orders.status"),
                    cell: (row) => <StateBadge state={row.state} />,
                  },
                  {
                    key: "attempts",
                    header: t("platform.attempts"),
                    cell: (row) => format.number(row.attempts),
                    end: true,
                  },
                  { key: "run", header: t("platform.due"), cell: (row) => format.dateTime(row.run_at) },
                  {
                    key: "error",
                    header: t("platform.error"),
                    cell: (row) =>
                      row.last_error && (
                        <Text size="xs" lineClamp={2} title={row.last_error} maw={340}>
                          {row.last_error}
                        </Text>
                      ),
                  },
                  {
                    key: "actions",
                    header: t("table.actions"),
                    hideHeader: true,
                    end: true,
                    cell: (row) =>
                      row.state === "parked" && (
                        <Group gap={6} justify="flex-end" wrap="nowrap">
                          <DeedButton label={t("common.retry")} send={() => retryJob(service, row.id)} />
                          <DeedButton
                            label={t("platform.drop")}
                            ask={t("platform.dropJobText")}
                            send={() => dropJob(service, row.id)}
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
