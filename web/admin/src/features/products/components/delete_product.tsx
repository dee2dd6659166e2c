import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { deleteProduct, type ProductView } from "../api.ts";

export function DeleteProduct({ product, version }: { product: ProductView; version: number }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const deleting = useSave({
    send: () => deleteProduct(product.id, version),
    done: async () => {
      await navigate({ to: "/products", ignoreBlocker: true });
      queryClient.removeQueries({ queryKey: ["products", "one", product.id] });
      queryClient.invalidateQueries({ queryKey: ["products", "list"] });
    },
  });
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t("common.delete")}
      </Button>
      <Confirm
        opened={isAsking}
        isDangerous
        title={t("products.deleteTitle", { title: product.title })}
        confirm={t("common.delete")}
        isBusy={deleting.isSaving}
        onConfirm={deleting.save}
        onClose={() => setAsking(false)}
      >
        {t("products.deleteText")}
        <ProblemNotice problem={deleting.problem} />
      </Confirm>
    </>
  );
}
