import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { fulfilOrder, type OrderDetail, orderChanged } from "../api.ts";

interface OrderDialogProps {
  order: OrderDetail;
  onClose: () => void;
}

export function FulfilDialog({ order, onClose }: OrderDialogProps) {
  const { t } = useTranslation();
  const draft = useDraft({ tracking: "" });
  const saving = useSave({
    send: () => fulfilOrder(order, draft.values.tracking.trim()),
    done: (saved) => {
      orderChanged(saved);
      onClose();
    },
    refused: (problem) => {
      draft.refuse(problem);
      orderChanged({ id: order.id });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={<Text fw={600}>{t("orders.fulfilTitle", { number: order.number })}</Text>}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.save();
        }}
      >
        <Stack>
          <ProblemNotice problem={saving.problem} shown={(pointer) => pointer === "/tracking"} />
          <Text size="sm">{t("orders.fulfilText")}</Text>
          <TextInput
            label={t("orders.tracking")}
            description={t("orders.trackingHint")}
            data-autofocus
            maxLength={300}
            {...draft.text("tracking")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={saving.isSaving}>
              {t("orders.fulfil")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
