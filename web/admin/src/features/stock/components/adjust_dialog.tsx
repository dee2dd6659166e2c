import {
  Autocomplete,
  Button,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Stack,
  Text,
} from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { useFormat } from "~/lib/format.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { adjustStock, countStock, type StockRow } from "../api.ts";

/** What the form shows at its own fields. */
const POINTERS = ["/change", "/on_hand", "/reason", "/low_stock_threshold"];

type Way = "add" | "take" | "count";

interface Values {
  way: Way;
  amount: number | "";
  reason: string;
  /** Null: as it is. */
  low_stock_threshold: number | null;
}

/** Something arrived, something is gone, or somebody counted. */
export function AdjustDialog({ row, onClose }: { row: StockRow; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const draft = useDraft<Values>({
    way: "add",
    amount: "",
    reason: "",
    low_stock_threshold: row.low_stock_threshold,
  });
  const { way, amount, reason, low_stock_threshold } = draft.values;
  const saving = useSave<Values & { amount: number }>({
    send: (values, key) => {
      const why = values.reason.trim();
      return values.way === "count"
        ? countStock(row, values.amount, why, values.low_stock_threshold ?? undefined)
        : adjustStock(row.variant_id, values.way === "add" ? values.amount : -values.amount, why, key);
    },
    done: async () => {
      await queryClient.invalidateQueries({ queryKey: ["stock"] });
      onClose();
    },
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        queryClient.invalidateQueries({ queryKey: ["stock"] });
      }
    },
  });
  const after =
    amount === "" ? null : { add: row.on_hand + amount, take: row.on_hand - amount, count: amount }[way];
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{t("stock.adjustOf", { sku: row.sku })}</Text>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (amount !== "") {
            saving.save({ way, amount, reason, low_stock_threshold });
          }
        }}
      >
        <Stack>
          <ProblemNotice problem={saving.problem} shown={(pointer) => POINTERS.includes(pointer)} />
          <SegmentedControl
            fullWidth
            aria-label={t("stock.way")}
            value={way}
            data={(["add", "take", "count"] as const).map((value) => ({ value, label: t(`stock.${value}`) }))}
            onChange={(value) => draft.patch({ way: value as Way })}
          />
          <NumberInput
            label={way === "count" ? t("stock.counted") : t("stock.pieces")}
            required
            data-autofocus
            min={way === "count" ? 0 : 1}
            allowDecimal={false}
            allowNegative={false}
            value={amount}
            error={draft.errors["/change"] ?? draft.errors["/on_hand"]}
            onChange={(value) => draft.patch({ amount: typeof value === "number" ? value : "" })}
          />
          {way === "count" && (
            <NumberInput
              label={t("stock.threshold")}
              description={t("stock.thresholdHint")}
              min={0}
              allowDecimal={false}
              allowNegative={false}
              value={low_stock_threshold ?? ""}
              error={draft.errors["/low_stock_threshold"]}
              onChange={(value) =>
                draft.patch({ low_stock_threshold: typeof value === "number" ? value : null })
              }
            />
          )}
          <Autocomplete
            label={t("stock.reason")}
            required
            maxLength={200}
            data={t("stock.reasons", { returnObjects: true }) as string[]}
            value={reason}
            error={draft.errors["/reason"]}
            onChange={(value) => draft.patch({ reason: value })}
          />
          <Text size="sm" c="dimmed">
            {after === null
              ? t("stock.now", { onHand: format.number(row.on_hand), reserved: format.number(row.reserved) })
              : t("stock.after", { before: format.number(row.on_hand), after: format.number(after) })}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={saving.isSaving}>
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
