import { Button, Checkbox, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { useSave } from "~/lib/save.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Lines } from "~/ui/query.tsx";
import { logIn, storeHereQuery } from "../api.ts";

interface Values {
  email: string;
  password: string;
  slug: string;
  isPlatform: boolean;
}

/** Asks for the store only where its own host does not say it. */
export function SignInForm({ onMustChoose }: { onMustChoose: (changeToken: string) => void }) {
  const { t } = useTranslation();
  const here = useQuery(storeHereQuery);
  // When nobody could say, the store is asked for: at a store's own host its name is not looked at.
  const isAtStore = here.data != null;
  const draft = useDraft<Values>({ email: "", password: "", slug: "", isPlatform: false });
  const { email, password, slug, isPlatform } = draft.values;
  const saving = useSave({
    send: () => {
      const named = isAtStore || isPlatform ? {} : { slug: slug.trim() };
      return logIn({ email: email.trim(), password, ...named });
    },
    done: (answer) => {
      if (answer.status === "password_change_required") {
        onMustChoose(answer.change_token);
      }
    },
    refused: draft.refuse,
  });
  if (here.isPending) {
    return <Lines count={4} />;
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.save();
      }}
    >
      <Stack>
        <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />
        {!isAtStore && (
          <Checkbox
            label={t("signIn.platform")}
            checked={isPlatform}
            onChange={(event) => draft.patch({ isPlatform: event.currentTarget.checked })}
          />
        )}
        {!isAtStore && !isPlatform && (
          <TextInput
            label={t("signIn.store")}
            description={t("signIn.storeHint")}
            autoCapitalize="none"
            spellCheck={false}
            required
            {...draft.text("slug")}
          />
        )}
        <TextInput
          label={t("signIn.email")}
          type="email"
          autoComplete="username"
          required
          {...draft.text("email")}
        />
        <PasswordInput
          label={t("signIn.password")}
          autoComplete="current-password"
          required
          visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
          {...draft.text("password")}
        />
        {!isPlatform && (
          <Text size="xs" c="dimmed">
            {t("signIn.forgotten")}
          </Text>
        )}
        <Button type="submit" loading={saving.isSaving} size="md" fullWidth>
          {t("signIn.submit")}
        </Button>
      </Stack>
    </form>
  );
}
