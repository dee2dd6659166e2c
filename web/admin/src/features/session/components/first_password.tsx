import { Anchor, Button, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { chooseFirstPassword } from "../api.ts";
import { NewPasswordFields, useNewPasswordCheck } from "./new_password.tsx";

interface FirstPasswordProps {
  changeToken: string;
  /** The token ran out: back to signing in. */
  onAgain: () => void;
}

/** A temporary password opens nothing but this. */
export function FirstPasswordForm({ changeToken, onAgain }: FirstPasswordProps) {
  const { t } = useTranslation();
  const draft = useDraft({ new_password: "", repeated: "" });
  const check = useNewPasswordCheck();
  const saving = useSave({
    send: () => chooseFirstPassword(changeToken, draft.values.new_password),
    refused: draft.refuse,
  });
  return (
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
      <Stack>
        <ProblemNotice problem={saving.problem} shown={(pointer) => pointer === "/new_password"} />
        <NewPasswordFields draft={draft} />
        <Button type="submit" loading={saving.isSaving} size="md" fullWidth>
          {t("signIn.chooseSubmit")}
        </Button>
        {saving.problem?.status === 401 && (
          <Anchor component="button" type="button" size="sm" onClick={onAgain}>
            {t("signIn.again")}
          </Anchor>
        )}
      </Stack>
    </form>
  );
}
