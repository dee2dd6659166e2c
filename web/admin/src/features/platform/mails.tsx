import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Notice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { mailOverviewQuery, resumeTransport, verifySender } from "./api.ts";
import { DeedButton } from "./components/deed_button.tsx";

/** How all stores' mails do. */
export function PlatformMails() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(mailOverviewQuery);
  return (
    <Page title={t("nav.platformMails")} subtitle={t("platform.mailsText")}>
      <Loaded query={query}>
        {(overview) => (
          <Stack gap="lg">
            {overview.transport == null && <Notice tone="warn">{t("platform.noTransport")}</Notice>}
            {overview.pauses.map((pause) => (
              <Notice
                key={pause.transport}
                tone="bad"
                title={t("platform.paused", {
                  transport: pause.transport,
                  until: format.dateTime(pause.until),
                })}
                action={
                  <DeedButton label={t("platform.resume")} send={() => resumeTransport(pause.transport)} />
                }
              >
                {pause.reason}
              </Notice>
            ))}
            {overview.senders.length > 0 && (
              <Section title={t("platform.senders")} text={t("platform.sendersText")} flush>
                <Table
                  label={t("platform.senders")}
                  rows={overview.senders}
                  rowKey={(row) => row.tenant_id}
                  columns={[
                    { key: "email", header: t("orders.email"), cell: (row) => row.sender_email },
                    { key: "problem", header: t("platform.error"), cell: (row) => row.problem },
                    {
                      key: "actions",
                      header: t("table.actions"),
                      hideHeader: true,
                      end: true,
                      cell: (row) => (
                        <DeedButton label={t("platform.verify")} send={() => verifySender(row.tenant_id)} />
                      ),
                    },
                  ]}
                />
              </Section>
            )}
            <Section title={t("platform.mailStates")} flush>
              {overview.states.length === 0 ? (
                <Empty title={t("mails.empty")} />
              ) : (
                <Table
                  label={t("platform.mailStates")}
                  rows={overview.states}
                  rowKey={(row) => `${row.tenant_id}/${row.state}`}
                  columns={[
                    {
                      key: "tenant",
                      header: t("platform.tenant"),
                      cell: (row) => <span className="mono">{row.tenant_id}</span>,
                    },
                    {
                      key: "state",
                      header: t("orders.status"),
                      cell: (row) => <StateBadge state={row.state} />,
                    },
                    {
                      key: "mails",
                      header: t("nav.mails"),
                      cell: (row) => format.number(row.mails),
                      end: true,
                    },
                    {
                      key: "newest",
                      header: t("platform.newest"),
                      cell: (row) => format.dateTime(row.newest),
                      end: true,
                    },
                  ]}
                />
              )}
            </Section>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
