import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useTypedSearch } from "~/lib/typed_search.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Pager, Table } from "~/ui/table.tsx";
import { type CustomerSearch, customersQuery } from "./api.ts";

/** People that came with an import from another shop. */
export function Customers({ search }: { search: CustomerSearch }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const query = useQuery(customersQuery(search));
  const go = (part: CustomerSearch, paged?: boolean) =>
    navigate({
      to: "/customers",
      search: { ...search, after: undefined, ...part },
      state: (b) => ({ ...b, paged }),
    });
  const typed = useTypedSearch(search.email, (email) => go({ email }));
  return (
    <Page title={t("nav.customers")} subtitle={t("customers.subtitle")}>
      <Section flush>
        <TextInput
          m="md"
          maw={320}
          aria-label={t("customers.search")}
          placeholder={t("customers.search")}
          leftSection={<IconSearch size={15} aria-hidden />}
          {...typed}
        />
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty
                title={search.email ? t("table.nothingFound") : t("customers.empty")}
                text={search.email ? t("customers.wholeEmail") : t("customers.emptyText")}
              />
            ) : (
              <Table
                label={t("nav.customers")}
                rows={list.items}
                rowKey={(row) => row.id}
                columns={[
                  {
                    key: "name",
                    header: t("customers.name"),
                    cell: (row) => [row.first_name, row.last_name].filter(Boolean).join(" ") || row.email,
                  },
                  {
                    key: "email",
                    header: t("orders.email"),
                    cell: (row) => (
                      <Link to="/orders" search={{ q: row.email }}>
                        {row.email}
                      </Link>
                    ),
                  },
                  { key: "groups", header: t("customers.groups"), cell: (row) => row.groups.join(", ") },
                  {
                    key: "consent",
                    header: t("customers.consent"),
                    cell: (row) => (row.marketing_consent ? t("common.yes") : t("common.no")),
                  },
                  {
                    key: "since",
                    header: t("customers.since"),
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
