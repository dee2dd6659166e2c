import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { issuesQuery } from "../api.ts";

export function IssuesCard({ id }: { id: string }) {
  const { t } = useTranslation();
  const query = useQuery(issuesQuery(id));
  return (
    <Section title={t("imports.issues")} text={t("imports.issuesText")} flush>
      <Loaded query={query}>
        {(list) =>
          list.items.length === 0 ? (
            <Empty title={t("imports.noIssues")} />
          ) : (
            <Table
              label={t("imports.issues")}
              rows={list.items}
              rowKey={(row) => `${row.resource}/${row.source_id}/${row.message}`}
              columns={[
                {
                  key: "what",
                  header: t("imports.what"),
                  cell: (row) =>
                    `${t(`resources.${row.resource}` as "resources.products", row.resource)} ${row.source_id}`,
                },
                { key: "kind", header: t("imports.kind"), cell: (row) => <StateBadge state={row.kind} /> },
                { key: "message", header: t("imports.why"), cell: (row) => row.message },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  );
}
