import { Button, Group, Modal, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { usePerson } from "~/lib/session.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import {
  changeStaff,
  type InvitedStaff,
  inviteStaff,
  ROLES,
  type StaffView,
  type StoreRole,
} from "../api.ts";

interface PersonDialogProps {
  /** Null: somebody new. */
  person: StaffView | null;
  onClose: () => void;
  onInvited: (invited: InvitedStaff) => void;
}

interface Values {
  email: string;
  name: string;
  role: StoreRole;
  isActive: boolean;
}

export function PersonDialog({ person, onClose, onInvited }: PersonDialogProps) {
  const { t } = useTranslation();
  const isMe = usePerson().id === person?.id;
  const draft = useDraft<Values>({
    email: person?.email ?? "",
    name: person?.name ?? "",
    role: ROLES.find((role) => role === person?.role) ?? "viewer",
    isActive: person?.status !== "disabled",
  });
  const saving = useSave<Values>({
    send: async ({ email, name, role, isActive }, key) => {
      if (person) {
        const own = { role, status: isActive ? ("active" as const) : ("disabled" as const) };
        await changeStaff(person, isMe ? { name } : { name, ...own });
      } else {
        onInvited(await inviteStaff({ email: email.trim(), name, role }, key));
      }
    },
    done: async () => {
      await queryClient.invalidateQueries({ queryKey: ["staff"] });
      onClose();
    },
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        queryClient.invalidateQueries({ queryKey: ["staff"] });
      }
    },
  });
  const title = person ? t("staff.editOf", { name: person.name }) : t("staff.invite");
  return (
    <Modal opened onClose={onClose} title={<Text fw={600}>{title}</Text>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.save(draft.values);
        }}
      >
        <Stack>
          <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />
          {!person && (
            <TextInput
              label={t("staff.email")}
              type="email"
              required
              data-autofocus
              autoComplete="off"
              {...draft.text("email")}
            />
          )}
          <TextInput label={t("staff.name")} required maxLength={120} {...draft.text("name")} />
          {!isMe && (
            <Select
              label={t("staff.role")}
              description={t(`staff.roleTexts.${draft.values.role}`)}
              inputWrapperOrder={["label", "input", "description", "error"]}
              allowDeselect={false}
              data={ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
              value={draft.values.role}
              error={draft.errors["/role"]}
              onChange={(role) => draft.patch({ role: role as StoreRole })}
            />
          )}
          {person && !isMe && (
            <Switch
              label={t("staff.maySignIn")}
              description={t("staff.endsSessions")}
              checked={draft.values.isActive}
              onChange={(event) => draft.patch({ isActive: event.currentTarget.checked })}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit" loading={saving.isSaving}>
              {person ? t("common.save") : t("staff.invite")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
