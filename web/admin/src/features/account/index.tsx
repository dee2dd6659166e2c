import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { changePassword } from "~/features/session/api.ts";
import { NewPasswordFields, useNewPasswordCheck } from "~/features/session/components/new_password.tsx";
import { useDraft } from "~/lib/draft.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";

const EMPTY = { current_password: "", new_password: "", repeated: "" };

export function Account() {
  const { t } = useTranslation();
  const draft = useDraft(EMPTY);
  const check = useNewPasswordCheck();
  const saving = useSave({
    send: () => changePassword(draft.values.current_password, draft.values.new_password),
    done: () => {
      draft.reset(EMPTY);
      notifications.show({ message: t("account.changed") });
    },
    refused: draft.refuse,
  });
  return (
    <Page title={t("shell.password")} subtitle={t("account.text")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const errors = check(draft.values);
          draft.setErrors(errors);
          if (Object.keys(errors).length === 0) {
            saving.save();
          }
        }}
      >
        <Section>
          <Stack maw={420}>
            <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />
            <PasswordInput
              label={t("account.current")}
              autoComplete="current-password"
              required
              visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
              {...draft.text("current_password")}
            />
            <NewPasswordFields draft={draft} />
            <Group>
              <Button type="submit" loading={saving.isSaving}>
                {t("account.submit")}
              </Button>
            </Group>
          </Stack>
        </Section>
      </form>
    </Page>
  );
}
