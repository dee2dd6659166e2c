import { Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { useSession } from "~/lib/session.ts";
import { ProblemNotice } from "~/ui/notice.tsx";
import { logIn, logOut } from "../api.ts";

/** The session ended while somebody worked: they sign in over the page, and nothing typed is lost. */
export default function ExpiredSession() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const session = useSession();
  const [password, setPassword] = useState("");
  const person = session.status === "expired" ? session.person : null;
  const saving = useSave({
    send: () => {
      const slug = person?.tenant?.slug;
      return logIn({ email: person?.email ?? "", password, ...(slug ? { slug } : {}) });
    },
    done: async () => {
      setPassword("");
      await queryClient.invalidateQueries();
    },
  });
  const leave = async () => {
    await logOut();
    navigate({ to: "/sign-in", ignoreBlocker: true });
  };
  return (
    <Modal
      opened={person !== null}
      onClose={() => undefined}
      withCloseButton={false}
      title={<Text fw={600}>{t("expired.title")}</Text>}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          saving.save();
        }}
      >
        <Stack>
          <Text size="sm">{t("expired.text", { email: person?.email })}</Text>
          <ProblemNotice problem={saving.problem} />
          <PasswordInput
            label={t("signIn.password")}
            autoComplete="current-password"
            required
            data-autofocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
          />
          <Group justify="space-between">
            <Button variant="default" onClick={leave}>
              {t("shell.signOut")}
            </Button>
            <Button type="submit" loading={saving.isSaving}>
              {t("expired.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
