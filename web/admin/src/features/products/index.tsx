import { Button, Group, Select, TextInput } from "@mantine/core";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { categoriesQuery } from "~/features/categories/api.ts";
import { categoryChoices } from "~/features/categories/schema.ts";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { useTypedSearch } from "~/lib/typed_search.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Empty, Pager, Table } from "~/ui/table.tsx";
import { type ProductSummary, productsQuery } from "./api.ts";
import { type ProductSearch, STATUSES } from "./search.ts";

export function Products({ search }: { search: ProductSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  const query = useQuery(productsQuery(search));
  const isFiltered = Boolean(search.q || search.status || search.category);
  const go = (part: ProductSearch, paged?: boolean) =>
    navigate({
      to: "/products",
      search: { ...search, after: undefined, ...part },
      state: (before) => ({ ...before, paged }),
    });
  const create = may("catalog.edit") && (
    <Button component={Link} to="/products/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t("products.new")}
    </Button>
  );
  return (
    <Page title={t("nav.products")} subtitle={t("products.subtitle")} actions={create}>
      <Section flush>
        <Filters search={search} onChange={(part) => go(part)} />
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty
                title={isFiltered ? t("table.nothingFound") : t("products.empty")}
                text={isFiltered ? t("table.otherFilters") : t("products.emptyText")}
                action={!isFiltered && create}
              />
            ) : (
              <ProductTable items={list.items} />
            )
          }
        </Loaded>
      </Section>
      <Pager
        shown={query.data?.items.length ?? 0}
        count={query.data?.count}
        next={query.data?.next}
        after={search.after}
        onPage={(after) => go({ after }, true)}
      />
    </Page>
  );
}

function Filters({ search, onChange }: { search: ProductSearch; onChange: (part: ProductSearch) => void }) {
  const { t } = useTranslation();
  const categories = useQuery(categoriesQuery);
  const typed = useTypedSearch(search.q, (q) => onChange({ q }));
  return (
    <Group p="md" gap="sm">
      <TextInput
        flex={{ base: "1 1 100%", sm: "1 1 220px" }}
        aria-label={t("products.search")}
        placeholder={t("products.search")}
        leftSection={<IconSearch size={15} aria-hidden />}
        {...typed}
      />
      <Select
        flex={{ base: "1 1 40%", sm: "0 0 160px" }}
        aria-label={t("products.status")}
        placeholder={t("products.anyStatus")}
        clearable
        data={STATUSES.map((value) => ({ value, label: t(`productStatus.${value}`) }))}
        value={search.status ?? null}
        onChange={(value) => onChange({ status: STATUSES.find((status) => status === value) })}
      />
      <Select
        flex={{ base: "1 1 40%", sm: "0 0 200px" }}
        aria-label={t("products.category")}
        placeholder={t("products.anyCategory")}
        clearable
        searchable
        data={categoryChoices(categories.data?.items ?? [])}
        value={search.category ?? null}
        onChange={(value) => onChange({ category: value ?? undefined })}
      />
    </Group>
  );
}

function ProductTable({ items }: { items: ProductSummary[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table
      label={t("nav.products")}
      rows={items}
      rowKey={(row) => row.id}
      linked
      columns={[
        {
          key: "title",
          header: t("products.title"),
          cell: (row) => (
            <Link to="/products/$id" params={{ id: row.id }} className="row-target">
              {row.title}
            </Link>
          ),
        },
        {
          key: "status",
          header: t("products.status"),
          cell: (row) => <StateBadge state={row.status} tone={row.status === "active" ? "good" : "quiet"} />,
        },
        { key: "vendor", header: t("products.vendor"), cell: (row) => row.vendor },
        {
          key: "slug",
          header: t("products.slug"),
          cell: (row) => <span className="mono">{row.slug}</span>,
          wideOnly: true,
        },
        {
          key: "changed",
          header: t("products.changed"),
          cell: (row) => format.ago(row.changed_at),
          end: true,
        },
      ]}
    />
  );
}
