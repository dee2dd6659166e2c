import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { addDomain } from "../api.ts";

export function AddDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const draft = useDraft({ host: "" });
  const saving = useSave<string>({
    send: (host, key) => addDomain(host.trim(), key),
    done: async () => {
      await queryClient.invalidateQueries({ queryKey: ["domains"] });
      onClose();
    },
    refused: draft.refuse,
  });
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{t("domains.add")}</Text>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.save(draft.values.host);
        }}
      >
        <Stack>
          <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />
          <TextInput
            label={t("domains.host")}
            description={t("domains.hostHint")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            placeholder="loja.example.pt"
            required
            data-autofocus
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...draft.text("host")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={saving.isSaving}>
              {t("domains.add")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
