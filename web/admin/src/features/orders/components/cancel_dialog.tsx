import { useTranslation } from "react-i18next";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { cancelOrder, type OrderDetail, orderChanged } from "../api.ts";

export function CancelDialog({ order, onClose }: { order: OrderDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const cancelling = useSave({
    send: () => cancelOrder(order),
    done: (saved) => {
      orderChanged(saved);
      onClose();
    },
    refused: () => orderChanged({ id: order.id }),
  });
  return (
    <Confirm
      opened
      isDangerous
      title={t("orders.cancelTitle", { number: order.number })}
      confirm={t("orders.cancel")}
      isBusy={cancelling.isSaving}
      onConfirm={cancelling.save}
      onClose={onClose}
    >
      {t("orders.cancelText")}
      <ProblemNotice problem={cancelling.problem} />
    </Confirm>
  );
}
