import { Box, Center, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { SchemeSwitch } from "~/features/shell/components/scheme_switch.tsx";
import { useSession } from "~/lib/session.ts";
import { storeHereQuery } from "./api.ts";
import { FirstPasswordForm } from "./components/first_password.tsx";
import { SignInForm } from "./components/sign_in_form.tsx";
import { safeNext } from "./schema.ts";

/** The way in, and the choice of a password of one's own after a temporary one. */
export function SignIn({ next }: { next: string | undefined }) {
  const { t } = useTranslation();
  const router = useRouter();
  const session = useSession();
  const here = useQuery(storeHereQuery);
  const [changeToken, setChangeToken] = useState<string | null>(null);

  useEffect(() => {
    document.title = `${t("signIn.title")} · Virtual Stores`;
  }, [t]);
  useEffect(() => {
    if (session.status === "in") {
      router.history.replace(`/admin${safeNext(next)}`);
    }
  }, [session.status, next, router]);

  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w="100%" maw={380} gap="lg">
        <Group justify="space-between">
          <Group gap="xs">
            <img src="/admin/icon.svg" width={28} height={28} alt="" />
            <Text fw={650}>Virtual Stores</Text>
          </Group>
          <SchemeSwitch />
        </Group>
        <Box className="card" p={{ base: "lg", sm: "xl" }}>
          <Title order={1} mb={4}>
            {changeToken ? t("signIn.chooseTitle") : t("signIn.title")}
          </Title>
          <Text c="dimmed" size="sm" mb="lg">
            {changeToken ? t("signIn.chooseText") : here.data?.name || t("signIn.text")}
          </Text>
          {changeToken ? (
            <FirstPasswordForm changeToken={changeToken} onAgain={() => setChangeToken(null)} />
          ) : (
            <SignInForm onMustChoose={setChangeToken} />
          )}
        </Box>
      </Stack>
    </Center>
  );
}
