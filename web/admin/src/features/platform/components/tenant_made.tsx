import { Anchor, Button, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Notice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import type { CreatedTenant } from "../api.ts";

/** The new store, with the password that no page shows a second time. */
export function TenantMade({ made }: { made: CreatedTenant }) {
  const { t } = useTranslation();
  return (
    <Page
      title={t("tenants.made", { name: made.name })}
      back={{ to: "/platform/tenants", label: t("nav.tenants") }}
    >
      <Stack maw={640}>
        <Notice tone="good">{t("tenants.madeText")}</Notice>
        <Section>
          <dl className="facts">
            <dt>{t("tenants.address")}</dt>
            <dd>
              <Anchor href={made.url} target="_blank" rel="noreferrer">
                {made.url}
              </Anchor>
            </dd>
            <dt>{t("signIn.email")}</dt>
            <dd>{made.admin_email}</dd>
            <dt>{t("tenants.password")}</dt>
            <dd>
              <Group gap="xs">
                <Code data-testid="temporary-password">{made.admin_temp_password}</Code>
                <CopyButton value={made.admin_temp_password}>
                  {({ copied, copy }) => (
                    <Button size="compact-xs" variant="default" onClick={copy}>
                      {copied ? t("common.copied") : t("common.copy")}
                    </Button>
                  )}
                </CopyButton>
              </Group>
            </dd>
          </dl>
          <Text size="sm" c="dimmed" mt="md">
            {t("tenants.passwordText")}
          </Text>
        </Section>
        <Group>
          <Button component={Link} to={`/platform/tenants/${made.id}`} variant="default">
            {t("tenants.open")}
          </Button>
        </Group>
      </Stack>
    </Page>
  );
}
