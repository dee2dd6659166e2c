import { Button, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import { type MessageView, resendMail } from "../api.ts";
import { MailDialog } from "./mail_dialog.tsx";

export function MailTable({ items }: { items: MessageView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [read, setRead] = useState<MessageView | null>(null);
  return (
    <>
      <Table
        label={t("nav.mails")}
        rows={items}
        rowKey={(row) => row.id}
        columns={[
          {
            key: "kind",
            header: t("mails.kind"),
            cell: (row) => (
              <Stack gap={0}>
                <Text size="sm" fw={550}>
                  {t(`mailKinds.${row.kind}` as "mailKinds.order_paid", row.kind)}
                </Text>
                {row.order_id && (
                  <Link to="/orders/$id" params={{ id: row.order_id }}>
                    <Text size="xs">{t("stock.seeOrder")}</Text>
                  </Link>
                )}
              </Stack>
            ),
          },
          { key: "to", header: t("mails.to"), cell: (row) => row.to ?? t("mails.forgotten") },
          {
            key: "state",
            header: t("orders.status"),
            cell: (row) => (
              <Stack gap={0}>
                <StateBadge state={row.state} />
                {row.problem && <Text size="xs">{row.problem}</Text>}
              </Stack>
            ),
          },
          {
            key: "at",
            header: t("orders.when"),
            cell: (row) => format.dateTime(row.sent_at ?? row.created_at),
          },
          {
            key: "actions",
            header: t("table.actions"),
            hideHeader: true,
            end: true,
            cell: (row) => <Actions message={row} onRead={() => setRead(row)} />,
          },
        ]}
      />
      {read && <MailDialog message={read} onClose={() => setRead(null)} />}
    </>
  );
}

function Actions({ message, onRead }: { message: MessageView; onRead: () => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const resending = useSave({
    send: (_, key) => resendMail(message.id, key),
    done: () => {
      notifications.show({ message: t("mails.resent") });
    },
  });
  return (
    <Stack gap={4} align="flex-end">
      <Group gap={6} justify="flex-end" wrap="nowrap">
        {may("customers.read") && message.to && (
          <Button size="compact-sm" variant="default" onClick={onRead}>
            {t("mails.read")}
          </Button>
        )}
        {may("orders.edit") && message.to && (
          <Button
            size="compact-sm"
            variant="default"
            loading={resending.isSaving}
            onClick={() => resending.save()}
          >
            {t("mails.resend")}
          </Button>
        )}
      </Group>
      <ProblemNotice problem={resending.problem} />
    </Stack>
  );
}
