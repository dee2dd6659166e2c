import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { usePerson } from "~/lib/session.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { Pager, Table } from "~/ui/table.tsx";
import { type InvitedStaff, removeStaff, renewPassword, type StaffView, staffQuery } from "./api.ts";
import { PasswordDialog } from "./components/password_dialog.tsx";
import { PersonDialog } from "./components/person_dialog.tsx";

/** Who works in the store. */
export function StaffPage({ after, onPage }: { after?: string; onPage: (after?: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(staffQuery(after));
  const [edited, setEdited] = useState<StaffView | "new" | null>(null);
  const [invited, setInvited] = useState<InvitedStaff | null>(null);
  const invite = (
    <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited("new")}>
      {t("staff.invite")}
    </Button>
  );
  return (
    <Stack>
      <Section title={t("staff.title")} text={t("staff.text")} actions={invite} flush>
        <Loaded query={query}>
          {({ items }) => (
            <Table
              label={t("staff.title")}
              rows={items}
              rowKey={(row) => row.id}
              columns={[
                { key: "name", header: t("staff.name"), cell: (row) => <Person person={row} /> },
                {
                  key: "role",
                  header: t("staff.role"),
                  cell: (row) => t(`roles.${row.role}` as "roles.owner", row.role),
                },
                {
                  key: "state",
                  header: t("orders.status"),
                  cell: (row) => <StateBadge state={row.status} />,
                },
                {
                  key: "since",
                  header: t("staff.since"),
                  cell: (row) => format.date(row.created_at),
                  wideOnly: true,
                },
                {
                  key: "actions",
                  header: t("table.actions"),
                  hideHeader: true,
                  end: true,
                  cell: (row) => (
                    <Actions person={row} onEdit={() => setEdited(row)} onPassword={setInvited} />
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Section>
      <Pager shown={query.data?.items.length ?? 0} next={query.data?.next} after={after} onPage={onPage} />
      {edited && (
        <PersonDialog
          person={edited === "new" ? null : (query.data?.items.find(({ id }) => id === edited.id) ?? edited)}
          onClose={() => setEdited(null)}
          onInvited={setInvited}
        />
      )}
      {invited && <PasswordDialog invited={invited} onClose={() => setInvited(null)} />}
    </Stack>
  );
}

function Person({ person }: { person: StaffView }) {
  return (
    <Stack gap={0}>
      <strong style={{ fontWeight: 550 }}>{person.name}</strong>
      <Text size="xs" c="dimmed">
        {person.email}
      </Text>
    </Stack>
  );
}

interface ActionsProps {
  person: StaffView;
  onEdit: () => void;
  onPassword: (invited: InvitedStaff) => void;
}

function Actions({ person, onEdit, onPassword }: ActionsProps) {
  const { t } = useTranslation();
  const isMe = usePerson().id === person.id;
  const [isRenewing, setRenewing] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["staff"] });
  const renewing = useSave({
    send: (_, key) => renewPassword(person.id, key),
    done: async (invited) => {
      setRenewing(false);
      onPassword(invited);
      await refresh();
    },
  });
  const removing = useSave({ send: () => removeStaff(person.id), done: refresh });
  const small = { size: "compact-sm", variant: "default" } as const;
  return (
    <Group gap={6} justify="flex-end">
      <Button {...small} onClick={onEdit} aria-label={t("staff.editOf", { name: person.name })}>
        {t("common.edit")}
      </Button>
      {!isMe && (
        <>
          {person.status !== "disabled" && (
            <Button {...small} onClick={() => setRenewing(true)}>
              {t("staff.renew")}
            </Button>
          )}
          <Button
            {...small}
            onClick={() => setRemoving(true)}
            aria-label={t("staff.removeOf", { name: person.name })}
          >
            {t("staff.remove")}
          </Button>
        </>
      )}
      <Confirm
        opened={isRenewing}
        title={t("staff.renewTitle", { name: person.name })}
        confirm={t("staff.renew")}
        isBusy={renewing.isSaving}
        onConfirm={renewing.save}
        onClose={() => setRenewing(false)}
      >
        {t("staff.renewText")}
        <ProblemNotice problem={renewing.problem} />
      </Confirm>
      <Confirm
        opened={isRemoving}
        isDangerous
        title={t("staff.removeTitle", { name: person.name })}
        confirm={t("staff.remove")}
        isBusy={removing.isSaving}
        onConfirm={removing.save}
        onClose={() => setRemoving(false)}
      >
        {t("staff.removeText")}
        <ProblemNotice problem={removing.problem} />
      </Confirm>
    </Group>
  );
}
