import { useTranslation } from "react-i18next";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { type CategoryView, deleteCategory } from "../api.ts";

export function DeleteCategory({ category, onClose }: { category: CategoryView; onClose: () => void }) {
  const { t } = useTranslation();
  const deleting = useSave({
    send: () => deleteCategory(category.id, category.version),
    done: async () => {
      await queryClient.invalidateQueries({ queryKey: ["categories"] });
      onClose();
    },
    refused: () => queryClient.invalidateQueries({ queryKey: ["categories"] }),
  });
  return (
    <Confirm
      opened
      isDangerous
      title={t("categories.delete", { name: category.name })}
      confirm={t("common.delete")}
      isBusy={deleting.isSaving}
      onConfirm={deleting.save}
      onClose={onClose}
    >
      {t("categories.deleteText")}
      <ProblemNotice problem={deleting.problem} />
    </Confirm>
  );
}
