import { Button, Center, Code, Group, Stack, Text, Title } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { ProblemError } from "@virtual-stores/api-client";
import { useTranslation } from "react-i18next";

/** What is left of a page that failed: what happened, how to go on, and what to tell the support. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const said = error instanceof Error ? error.message : String(error);
  const request = error instanceof ProblemError ? error.problem.instance : undefined;
  return (
    <Center mih="60vh" p="md">
      <Stack maw={460} gap="sm" role="alert">
        <Title order={1}>{t("broken.title")}</Title>
        <Text c="dimmed">{t("broken.text")}</Text>
        <Code block>{request ? `${t("problems.request")} ${request}` : said}</Code>
        <Group>
          <Button onClick={() => location.reload()}>{t("broken.reload")}</Button>
          <Button variant="default" onClick={reset}>
            {t("common.retry")}
          </Button>
        </Group>
      </Stack>
    </Center>
  );
}

export function Nowhere() {
  const { t } = useTranslation();
  return (
    <Center mih="60vh" p="md">
      <Stack maw={420} gap="sm">
        <Title order={1}>{t("nowhere.title")}</Title>
        <Text c="dimmed">{t("nowhere.text")}</Text>
        <Button component={Link} to="/" w="fit-content">
          {t("nowhere.home")}
        </Button>
      </Stack>
    </Center>
  );
}
