import { Button, Group, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { useTypedSearch } from "~/lib/typed_search.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { type Column, Empty, Pager, Table } from "~/ui/table.tsx";
import { type StockRow, stockQuery } from "./api.ts";
import { AdjustDialog } from "./components/adjust_dialog.tsx";
import { MovementsDrawer } from "./components/movements_drawer.tsx";
import { LOW_STOCK, type StockSearch } from "./schema.ts";

export function Stock({ search }: { search: StockSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(stockQuery(search));
  const [adjusted, setAdjusted] = useState<StockRow | null>(null);
  const [looked, setLooked] = useState<StockRow | null>(null);
  const columns = useColumns(setAdjusted, setLooked);
  const go = (part: StockSearch, paged?: boolean) =>
    navigate({
      to: "/stock",
      search: { ...search, after: undefined, ...part },
      state: (b) => ({ ...b, paged }),
    });
  const typed = useTypedSearch(search.sku, (sku) => go({ sku }));
  return (
    <Page title={t("nav.stock")} subtitle={t("stock.subtitle")}>
      <Section flush>
        <Group p="md">
          <TextInput
            w={{ base: "100%", sm: 280 }}
            aria-label={t("stock.search")}
            placeholder={t("stock.search")}
            leftSection={<IconSearch size={15} aria-hidden />}
            {...typed}
          />
        </Group>
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty
                title={search.sku ? t("table.nothingFound") : t("stock.empty")}
                text={search.sku ? t("stock.wholeSku") : t("stock.emptyText")}
              />
            ) : (
              <Table
                label={t("nav.stock")}
                rows={list.items}
                rowKey={(row) => row.variant_id}
                columns={columns}
              />
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
      {adjusted && <AdjustDialog row={adjusted} onClose={() => setAdjusted(null)} />}
      {looked && <MovementsDrawer row={looked} onClose={() => setLooked(null)} />}
    </Page>
  );
}

function useColumns(onAdjust: (row: StockRow) => void, onLook: (row: StockRow) => void): Column<StockRow>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  return [
    {
      key: "title",
      header: t("stock.product"),
      cell: (row) => (
        <span>
          <strong style={{ fontWeight: 550 }}>{row.title}</strong>
          {row.variant_title && <> · {row.variant_title}</>}
        </span>
      ),
    },
    { key: "sku", header: "SKU", cell: (row) => <span className="mono">{row.sku}</span> },
    {
      key: "state",
      header: t("stock.state"),
      cell: (row) => {
        if (!row.tracked) {
          return <Label tone="quiet">{t("stock.untracked")}</Label>;
        }
        if (row.available <= 0) {
          return <Label tone="bad">{t("stock.out")}</Label>;
        }
        return row.available < LOW_STOCK ? (
          <Label tone="warn">{t("stock.low")}</Label>
        ) : (
          <Label tone="good">{t("stock.there")}</Label>
        );
      },
    },
    { key: "on_hand", header: t("stock.onHand"), cell: (row) => format.number(row.on_hand), end: true },
    { key: "reserved", header: t("stock.reserved"), cell: (row) => format.number(row.reserved), end: true },
    {
      key: "available",
      header: t("stock.available"),
      cell: (row) => <strong>{format.number(row.available)}</strong>,
      end: true,
    },
    {
      key: "actions",
      header: t("table.actions"),
      hideHeader: true,
      end: true,
      cell: (row) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            c="inherit"
            aria-label={t("stock.movementsOf", { sku: row.sku })}
            onClick={() => onLook(row)}
          >
            {t("stock.movements")}
          </Button>
          {may("stock.edit") && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t("stock.adjustOf", { sku: row.sku })}
              onClick={() => onAdjust(row)}
            >
              {t("stock.adjust")}
            </Button>
          )}
        </Group>
      ),
    },
  ];
}
