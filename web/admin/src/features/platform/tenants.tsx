import { Button, Group, Select } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Empty, Pager, Table } from "~/ui/table.tsx";
import { tenantsQuery } from "./api.ts";
import { TENANT_STATUSES, type TenantSearch } from "./schema.ts";

export function Tenants({ search }: { search: TenantSearch }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const query = useQuery(tenantsQuery(search));
  const go = (part: TenantSearch, paged?: boolean) =>
    navigate({
      to: "/platform/tenants",
      search: { ...search, after: undefined, ...part },
      state: (before) => ({ ...before, paged }),
    });
  const create = (
    <Button component={Link} to="/platform/tenants/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t("tenants.new")}
    </Button>
  );
  return (
    <Page title={t("nav.tenants")} subtitle={t("tenants.subtitle")} actions={create}>
      <Section flush>
        <Group p="md">
          <Select
            w={{ base: "100%", sm: 200 }}
            aria-label={t("orders.status")}
            placeholder={t("orders.anyStatus")}
            clearable
            data={TENANT_STATUSES.map((value) => ({ value, label: t(`tenantStatus.${value}`) }))}
            value={search.status ?? null}
            onChange={(value) => go({ status: TENANT_STATUSES.find((status) => status === value) })}
          />
        </Group>
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty title={t("tenants.empty")} text={t("tenants.emptyText")} action={create} />
            ) : (
              <Table
                label={t("nav.tenants")}
                rows={list.items}
                rowKey={(row) => row.id}
                linked
                columns={[
                  {
                    key: "name",
                    header: t("tenants.name"),
                    cell: (row) => (
                      <Link to="/platform/tenants/$id" params={{ id: row.id }} className="row-target">
                        {row.name || row.slug}
                      </Link>
                    ),
                  },
                  {
                    key: "slug",
                    header: t("tenants.slug"),
                    cell: (row) => <span className="mono">{row.slug}</span>,
                  },
                  {
                    key: "status",
                    header: t("orders.status"),
                    cell: (row) => <StateBadge state={row.status} />,
                  },
                  { key: "plan", header: t("tenants.plan"), cell: (row) => row.plan },
                  { key: "email", header: t("orders.email"), cell: (row) => row.email },
                  {
                    key: "created",
                    header: t("tenants.created"),
                    cell: (row) => format.date(row.created_at),
                    end: true,
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
