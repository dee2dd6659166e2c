import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { closeWithdrawal, type Withdrawal } from "./contract.ts";

/** Says what became of a declaration. */
export function CloseDialog({ withdrawal, onClose }: { withdrawal: Withdrawal; onClose: () => void }) {
  const { t } = useTranslation();
  const draft = useDraft({ note: "" });
  const saving = useSave<string>({
    send: (note) => closeWithdrawal(withdrawal.id, note),
    done: async () => {
      await queryClient.invalidateQueries({ queryKey: ["withdrawals"] });
      onClose();
    },
    refused: draft.refuse,
  });
  const title = t("withdrawals.closeTitle", { number: withdrawal.order_number });
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{title}</Text>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.save(draft.values.note.trim());
        }}
      >
        <Stack>
          <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />
          <Text size="sm">
            {t("withdrawals.closeText")}{" "}
            <Link to="/orders/$id" params={{ id: withdrawal.order_id }}>
              {t("orders.orderNumber", { number: withdrawal.order_number })}
            </Link>
          </Text>
          <Textarea
            label={t("withdrawals.note")}
            autosize
            minRows={3}
            maxLength={1_000}
            data-autofocus
            {...draft.text("note")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={saving.isSaving}>
              {t("withdrawals.close")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
