import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { retryTrouble, troublesQuery } from "./api.ts";
import { DeedButton } from "./components/deed_button.tsx";

/** Documents that only the platform can mend. */
export function Troubles() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(troublesQuery);
  return (
    <Page title={t("nav.troubles")} subtitle={t("platform.troublesText")}>
      <Section flush>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("platform.noTroubles")} text={t("platform.noTroublesText")} />
            ) : (
              <Table
                label={t("nav.troubles")}
                rows={items}
                rowKey={(row) => row.document_id}
                columns={[
                  { key: "order", header: t("payments.order"), cell: (row) => row.order_number },
                  { key: "problem", header: t("platform.error"), cell: (row) => row.text },
                  {
                    key: "tenant",
                    header: t("platform.tenant"),
                    cell: (row) => <span className="mono">{row.tenant_id}</span>,
                  },
                  { key: "since", header: t("platform.opened"), cell: (row) => format.dateTime(row.since) },
                  {
                    key: "actions",
                    header: t("table.actions"),
                    hideHeader: true,
                    end: true,
                    cell: (row) => (
                      <DeedButton label={t("common.retry")} send={() => retryTrouble(row.document_id)} />
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
