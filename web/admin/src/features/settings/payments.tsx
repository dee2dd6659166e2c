import { Button, Group, List, Stack, Text } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type AccountView, accountQuery, beginOnboarding } from "~/features/payments/api.ts";
import { useMay } from "~/lib/permissions.ts";
import { useSave } from "~/lib/save.ts";
import { Notice, ProblemNotice } from "~/ui/notice.tsx";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label, StateBadge } from "~/ui/state.tsx";

/** The store's account at Stripe, and the way to it. */
export function PaymentSettings({ onboarding }: { onboarding: "done" | "again" | undefined }) {
  const { t } = useTranslation();
  const query = useQuery({
    ...accountQuery,
    // What was said at Stripe arrives by webhook, a moment after the person is back.
    refetchInterval: onboarding === "done" ? 3_000 : false,
  });
  return (
    <Stack>
      {onboarding === "again" && <Notice tone="warn">{t("stripe.linkSpent")}</Notice>}
      {onboarding === "done" && query.data && query.data.status !== "active" && (
        <Notice tone="info">{t("stripe.checking")}</Notice>
      )}
      <Loaded query={query}>{(account) => <Account account={account} />}</Loaded>
    </Stack>
  );
}

function Account({ account }: { account: AccountView | null }) {
  const { t } = useTranslation();
  const may = useMay();
  const onboarding = useSave<void, string>({
    send: beginOnboarding,
    done: (url) => location.assign(url),
  });
  const isActive = account?.status === "active";
  const go = may("payments.manage") && (
    <Button
      variant={isActive ? "default" : "filled"}
      loading={onboarding.isSaving}
      onClick={() => onboarding.save()}
      rightSection={<IconExternalLink size={15} aria-hidden />}
    >
      {isActive ? t("stripe.change") : account ? t("stripe.goOn") : t("stripe.begin")}
    </Button>
  );
  return (
    <Section title={t("stripe.title")} text={t("stripe.text")} actions={go}>
      <ProblemNotice problem={onboarding.problem} />
      {account ? (
        <dl className="facts">
          <dt>{t("orders.status")}</dt>
          <dd>
            <StateBadge state={account.status} />
          </dd>
          <dt>{t("stripe.charges")}</dt>
          <dd>
            <YesNo value={account.charges_enabled} />
          </dd>
          <dt>{t("stripe.payouts")}</dt>
          <dd>
            <YesNo value={account.payouts_enabled} />
          </dd>
          <dt>{t("stripe.methods")}</dt>
          <dd>
            <Group gap="sm">
              {account.payment_methods.map((method) => (
                <span key={method}>{t(`methods.${method}` as "methods.card", method)}</span>
              ))}
            </Group>
          </dd>
          {account.requirements.length > 0 && (
            <>
              <dt>{t("stripe.requirements")}</dt>
              <dd>
                <List size="sm">
                  {account.requirements.map((name) => (
                    <List.Item key={name}>
                      <span className="mono">{name}</span>
                    </List.Item>
                  ))}
                </List>
              </dd>
            </>
          )}
        </dl>
      ) : (
        <Text size="sm">{t("stripe.none")}</Text>
      )}
    </Section>
  );
}

function YesNo({ value }: { value: boolean }) {
  const { t } = useTranslation();
  return <Label tone={value ? "good" : "warn"}>{value ? t("common.yes") : t("common.notYet")}</Label>;
}
