import { Button, Group, Modal, MultiSelect, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { createEndpoint, type EndpointView, type SaveEndpoint, saveEndpoint, typesQuery } from "../api.ts";

interface EndpointDialogProps {
  /** Null: a new one. */
  endpoint: EndpointView | null;
  onClose: () => void;
  onSecret: (secret: string) => void;
}

export function EndpointDialog({ endpoint, onClose, onSecret }: EndpointDialogProps) {
  const { t } = useTranslation();
  const types = useQuery(typesQuery);
  const draft = useDraft({
    url: endpoint?.url ?? "",
    description: endpoint?.description ?? "",
    types: endpoint?.types ?? [],
    enabled: endpoint?.enabled ?? true,
  });
  const saving = useSave<SaveEndpoint>({
    send: async (body, key) => {
      if (endpoint) {
        await saveEndpoint(endpoint, body);
      } else {
        onSecret((await createEndpoint(body, key)).secret);
      }
    },
    done: async () => {
      await queryClient.invalidateQueries({ queryKey: ["webhooks", "list"] });
      onClose();
    },
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        queryClient.invalidateQueries({ queryKey: ["webhooks", "list"] });
      }
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={<Text fw={600}>{endpoint ? t("webhooks.edit") : t("webhooks.new")}</Text>}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.save(draft.values);
        }}
      >
        <Stack>
          <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />
          <TextInput
            label={t("webhooks.url")}
            placeholder="https://"
            required
            inputMode="url"
            data-autofocus
            {...draft.text("url")}
          />
          <TextInput label={t("webhooks.description")} {...draft.text("description")} />
          <MultiSelect
            label={t("webhooks.types")}
            required
            searchable
            data={types.data?.items ?? []}
            value={draft.values.types}
            error={draft.errors["/types"]}
            onChange={(value) => draft.patch({ types: value })}
          />
          <Switch
            label={t("webhooks.enabled")}
            checked={draft.values.enabled}
            onChange={(event) => draft.patch({ enabled: event.currentTarget.checked })}
          />
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
