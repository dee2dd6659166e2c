import { Button, Code } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { breaksQuery, closeBreak, reconcile } from "./api.ts";
import { DeedButton } from "./components/deed_button.tsx";

/** Differences with Stripe that a person must look at. */
export function Breaks() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(breaksQuery);
  const reconciling = useSave({
    send: reconcile,
    done: async ({ compared, caught_up }) => {
      notifications.show({ message: t("platform.reconciled", { compared, caughtUp: caught_up }) });
      await queryClient.invalidateQueries({ queryKey: ["platform"] });
    },
  });
  return (
    <Page
      title={t("nav.breaks")}
      subtitle={t("platform.breaksText")}
      actions={
        <Button variant="default" loading={reconciling.isSaving} onClick={() => reconciling.save()}>
          {t("platform.reconcile")}
        </Button>
      }
    >
      <ProblemNotice problem={reconciling.problem} />
      <Section flush>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("platform.noBreaks")} text={t("platform.noBreaksText")} />
            ) : (
              <Table
                label={t("nav.breaks")}
                rows={items}
                rowKey={(row) => row.id}
                columns={[
                  {
                    key: "kind",
                    header: t("platform.kind"),
                    cell: (row) => <span className="mono">{row.kind}</span>,
                  },
                  {
                    key: "subject",
                    header: t("platform.subject"),
                    cell: (row) => <span className="mono">{row.subject}</span>,
                  },
                  {
                    key: "detail",
                    header: t("platform.detail"),
                    cell: (row) => <Code block>{JSON.stringify(row.detail, null, 1)}</Code>,
                  },
                  { key: "at", header: t("platform.opened"), cell: (row) => format.dateTime(row.opened_at) },
                  {
                    key: "actions",
                    header: t("table.actions"),
                    hideHeader: true,
                    end: true,
                    cell: (row) => <DeedButton label={t("platform.close")} send={() => closeBreak(row.id)} />,
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
