import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { importsQuery } from "./api.ts";

export function Imports() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(importsQuery);
  const begin = (
    <Button component={Link} to="/imports/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t("imports.new")}
    </Button>
  );
  return (
    <Page title={t("nav.imports")} subtitle={t("imports.subtitle")} actions={begin}>
      <Section flush>
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty title={t("imports.empty")} text={t("imports.emptyText")} action={begin} />
            ) : (
              <Table
                label={t("nav.imports")}
                rows={list.items}
                rowKey={(row) => row.id}
                linked
                columns={[
                  {
                    key: "shop",
                    header: t("imports.shop"),
                    cell: (row) => (
                      <Link to="/imports/$id" params={{ id: row.id }} className="row-target">
                        {row.shop}
                      </Link>
                    ),
                  },
                  {
                    key: "state",
                    header: t("orders.status"),
                    cell: (row) => <StateBadge state={row.state} />,
                  },
                  {
                    key: "dry",
                    header: t("imports.kind"),
                    cell: (row) => (row.dry_run ? t("imports.dryRun") : t("imports.real")),
                  },
                  {
                    key: "at",
                    header: t("orders.when"),
                    cell: (row) => format.dateTime(row.created_at),
                    end: true,
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
