import { Group, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useTypedSearch } from "~/lib/typed_search.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Pager } from "~/ui/table.tsx";
import { ordersQuery } from "./api.ts";
import { OrderTable } from "./components/order_table.tsx";
import { FULFILMENTS, ORDER_STATUSES, type OrderSearch } from "./schema.ts";

export function Orders({ search }: { search: OrderSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(ordersQuery(search));
  const { after, ...filters } = search;
  const isFiltered = Object.values(filters).some(Boolean);
  const go = (part: OrderSearch, paged?: boolean) =>
    navigate({
      to: "/orders",
      search: { ...search, after: undefined, ...part },
      state: (b) => ({ ...b, paged }),
    });
  return (
    <Page title={t("nav.orders")} subtitle={t("orders.subtitle")}>
      <Section flush>
        <Filters search={search} onChange={go} />
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty
                title={isFiltered ? t("table.nothingFound") : t("orders.empty")}
                text={isFiltered ? t("orders.wholeNumber") : t("orders.emptyText")}
              />
            ) : (
              <OrderTable items={list.items} />
            )
          }
        </Loaded>
      </Section>
      <Pager
        shown={query.data?.items.length ?? 0}
        count={query.data?.count}
        next={query.data?.next}
        after={after}
        onPage={(cursor) => go({ after: cursor }, true)}
      />
    </Page>
  );
}

function Filters({ search, onChange }: { search: OrderSearch; onChange: (part: OrderSearch) => void }) {
  const { t } = useTranslation();
  const typed = useTypedSearch(search.q, (q) => onChange({ q }));
  const day = (name: "from" | "to") => (
    <TextInput
      type="date"
      aria-label={t(`orders.${name}`)}
      flex={{ base: "1 1 40%", sm: "0 0 150px" }}
      value={search[name] ?? ""}
      onChange={(event) => onChange({ [name]: event.currentTarget.value || undefined })}
    />
  );
  return (
    <Group p="md" gap="sm">
      <TextInput
        flex={{ base: "1 1 100%", sm: "1 1 200px" }}
        aria-label={t("orders.search")}
        placeholder={t("orders.search")}
        leftSection={<IconSearch size={15} aria-hidden />}
        {...typed}
      />
      <Select
        flex={{ base: "1 1 40%", sm: "0 0 165px" }}
        aria-label={t("orders.status")}
        placeholder={t("orders.anyStatus")}
        clearable
        data={ORDER_STATUSES.map((value) => ({ value, label: t(`states.${value}`) }))}
        value={search.status ?? null}
        onChange={(value) => onChange({ status: ORDER_STATUSES.find((status) => status === value) })}
      />
      <Select
        flex={{ base: "1 1 40%", sm: "0 0 150px" }}
        aria-label={t("orders.fulfilment")}
        placeholder={t("orders.anyFulfilment")}
        clearable
        data={FULFILMENTS.map((value) => ({ value, label: t(`states.${value}`) }))}
        value={search.fulfilment ?? null}
        onChange={(value) => onChange({ fulfilment: FULFILMENTS.find((known) => known === value) })}
      />
      {day("from")}
      {day("to")}
    </Group>
  );
}
