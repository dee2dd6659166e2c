import { Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { stockOfSkuQuery } from "~/features/stock/api.ts";
import { AdjustDialog } from "~/features/stock/components/adjust_dialog.tsx";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import type { VariantDraft } from "../schema.ts";

/** A saved variant's stock, which orders keeps; a new one has none yet. */
export function VariantStock({ variant }: { variant: VariantDraft }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const [isOpen, setOpen] = useState(false);
  const query = useQuery({
    ...stockOfSkuQuery(variant.sku),
    enabled: variant.id !== null && may("stock.read"),
    // A new variant reaches the stock by an event, a moment after it was saved.
    refetchInterval: (state) =>
      state.state.data === null && state.state.dataUpdateCount < 10 ? 1_000 : false,
  });
  if (variant.id === null) {
    return (
      <Text size="sm" c="dimmed">
        {t("products.stockAfterSaving")}
      </Text>
    );
  }
  const row = query.data;
  if (!row) {
    return null;
  }
  return (
    <Group gap="sm">
      <Text size="sm">
        {t("products.inStock", {
          onHand: format.number(row.on_hand),
          available: format.number(row.available),
        })}
      </Text>
      {may("stock.edit") && (
        <Button variant="default" size="xs" onClick={() => setOpen(true)}>
          {t("stock.adjust")}
        </Button>
      )}
      {isOpen && <AdjustDialog row={row} onClose={() => setOpen(false)} />}
    </Group>
  );
}
