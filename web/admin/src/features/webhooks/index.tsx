import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "~/lib/permissions.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { deleteEndpoint, type EndpointView, endpointsQuery, rotateSecret, testEndpoint } from "./api.ts";
import { DeliveriesDrawer } from "./components/deliveries_drawer.tsx";
import { EndpointDialog } from "./components/endpoint_dialog.tsx";
import { SecretDialog } from "./components/secret_dialog.tsx";

/** Where the store's own programs are told what happens. */
export function Webhooks() {
  const { t } = useTranslation();
  const may = useMay();
  const query = useQuery(endpointsQuery);
  const [edited, setEdited] = useState<EndpointView | "new" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const create = may("settings.edit") && (
    <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited("new")}>
      {t("webhooks.new")}
    </Button>
  );
  return (
    <Section title={t("webhooks.title")} text={t("webhooks.text")} actions={create} flush>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t("webhooks.empty")} text={t("webhooks.emptyText")} />
          ) : (
            <Table
              label={t("webhooks.title")}
              rows={items}
              rowKey={(row) => row.id}
              columns={[
                {
                  key: "url",
                  header: t("webhooks.url"),
                  cell: (row) => (
                    <Stack gap={0}>
                      <span className="mono">{row.url}</span>
                      {row.description && (
                        <Text size="xs" c="dimmed">
                          {row.description}
                        </Text>
                      )}
                    </Stack>
                  ),
                },
                { key: "state", header: t("orders.status"), cell: (row) => <EndpointState endpoint={row} /> },
                {
                  key: "actions",
                  header: t("table.actions"),
                  hideHeader: true,
                  end: true,
                  cell: (row) => (
                    <Actions endpoint={row} onEdit={() => setEdited(row)} onSecret={setSecret} />
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {edited && (
        <EndpointDialog
          endpoint={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
          onSecret={setSecret}
        />
      )}
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </Section>
  );
}

function EndpointState({ endpoint }: { endpoint: EndpointView }) {
  const { t } = useTranslation();
  if (!endpoint.enabled) {
    const reason = endpoint.disabled_reason;
    return (
      <Label tone="bad">
        {reason ? t(`webhooks.off.${reason}` as "webhooks.off.gone", reason) : t("plan.off")}
      </Label>
    );
  }
  return endpoint.failing_since ? (
    <Label tone="warn">{t("webhooks.failing")}</Label>
  ) : (
    <Label tone="good">{t("plan.on")}</Label>
  );
}

interface ActionsProps {
  endpoint: EndpointView;
  onEdit: () => void;
  onSecret: (secret: string) => void;
}

function Actions({ endpoint, onEdit, onSecret }: ActionsProps) {
  const { t } = useTranslation();
  const may = useMay();
  const [isLooking, setLooking] = useState(false);
  const [isAsking, setAsking] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["webhooks"] });
  const testing = useSave({
    send: (_, key) => testEndpoint(endpoint.id, key),
    done: () => setLooking(true),
  });
  const rotating = useSave({
    send: (_, key) => rotateSecret(endpoint.id, key),
    done: (rotated) => onSecret(rotated.secret),
  });
  const deleting = useSave({ send: () => deleteEndpoint(endpoint.id), done: refresh });
  const small = { size: "compact-sm", variant: "default" } as const;
  return (
    <Stack gap={4} align="flex-end">
      <Group gap={6} justify="flex-end">
        <Button {...small} onClick={() => setLooking(true)}>
          {t("webhooks.deliveries")}
        </Button>
        {may("settings.edit") && (
          <>
            <Button {...small} loading={testing.isSaving} onClick={() => testing.save()}>
              {t("webhooks.test")}
            </Button>
            <Button {...small} loading={rotating.isSaving} onClick={() => rotating.save()}>
              {t("webhooks.rotate")}
            </Button>
            <Button {...small} onClick={onEdit}>
              {t("common.edit")}
            </Button>
            <Button {...small} onClick={() => setAsking(true)}>
              {t("common.delete")}
            </Button>
          </>
        )}
      </Group>
      <ProblemNotice problem={testing.problem ?? rotating.problem} />
      {isLooking && <DeliveriesDrawer endpoint={endpoint} onClose={() => setLooking(false)} />}
      <Confirm
        opened={isAsking}
        isDangerous
        title={t("webhooks.deleteTitle")}
        confirm={t("common.delete")}
        isBusy={deleting.isSaving}
        onConfirm={deleting.save}
        onClose={() => setAsking(false)}
      >
        {t("webhooks.deleteText", { url: endpoint.url })}
        <ProblemNotice problem={deleting.problem} />
      </Confirm>
    </Stack>
  );
}
