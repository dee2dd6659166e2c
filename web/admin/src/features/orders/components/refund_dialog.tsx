import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { useFormat } from "~/lib/format.ts";
import { amountText, parseAmount } from "~/lib/money.ts";
import { useSave } from "~/lib/save.ts";
import { MoneyField, useAmountFault } from "~/ui/money.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { type OrderDetail, orderChanged, type RefundOrder, refundOrder } from "../api.ts";
import { REFUND_REASONS, type RefundReason, refundable } from "../schema.ts";

export function RefundDialog({ order, onClose }: { order: OrderDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const fault = useAmountFault();
  const most = refundable(order);
  const draft = useDraft<{ amount: string; reason: RefundReason; note: string }>({
    amount: amountText(most.amount, most.currency, format.language),
    reason: "requested_by_customer",
    note: "",
  });
  const { amount, reason, note } = draft.values;
  const saving = useSave<RefundOrder>({
    send: (body, key) => refundOrder(order.id, body, key),
    done: () => {
      orderChanged({ id: order.id });
      onClose();
    },
    refused: (problem) => {
      draft.refuse(problem);
      orderChanged({ id: order.id });
    },
  });
  const submit = () => {
    const parsed = parseAmount(amount, most.currency);
    if (!parsed.ok) {
      draft.setErrors({ "/amount": fault(parsed) ?? "" });
    } else if (parsed.amount === 0 || parsed.amount > most.amount) {
      draft.setErrors({ "/amount": t("orders.refundMost", { most: format.money(most) }) });
    } else {
      saving.save({ amount: { amount: parsed.amount, currency: most.currency }, reason, note: note.trim() });
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={<Text fw={600}>{t("orders.refundTitle", { number: order.number })}</Text>}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack>
          <ProblemNotice
            problem={saving.problem}
            shown={(pointer) => ["/amount", "/note"].includes(pointer)}
          />
          <MoneyField
            label={t("orders.amount")}
            description={t("orders.refundMost", { most: format.money(most) })}
            required
            data-autofocus
            currency={most.currency}
            value={amount}
            error={draft.errors["/amount"]}
            onChange={(text) => draft.patch({ amount: text })}
          />
          <Select
            label={t("orders.reason")}
            allowDeselect={false}
            data={REFUND_REASONS.map((value) => ({ value, label: t(`refundReasons.${value}`) }))}
            value={reason}
            onChange={(value) =>
              draft.patch({ reason: REFUND_REASONS.find((known) => known === value) ?? reason })
            }
          />
          <TextInput label={t("orders.noteForUs")} maxLength={200} {...draft.text("note")} />
          <Text size="sm" c="dimmed">
            {t("orders.refundText")}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" color="red.9" loading={saving.isSaving}>
              {t("orders.refund")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
