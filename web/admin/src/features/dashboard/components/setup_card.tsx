import { Group, Stack, Text } from "@mantine/core";
import { IconCircle, IconCircleCheckFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { connectionQuery } from "~/features/invoices/api.ts";
import { accountQuery } from "~/features/payments/api.ts";
import { productsQuery } from "~/features/products/api.ts";
import { shippingQuery } from "~/features/settings/api.ts";
import { useMay } from "~/lib/permissions.ts";
import { Section } from "~/ui/page.tsx";

interface Step {
  key: "product" | "payments" | "shipping" | "invoicing";
  isDone: boolean;
  link: LinkProps;
}

/** The way from an empty store to its first order; it goes when everything is done. */
export function SetupCard() {
  const { t } = useTranslation();
  const steps = useSteps();
  if (!steps || steps.every((step) => step.isDone)) {
    return null;
  }
  const done = steps.filter((step) => step.isDone).length;
  return (
    <Section title={t("setup.title")} text={t("setup.text", { done, all: steps.length })}>
      <Stack gap={4}>
        {steps.map((step) => (
          <Link key={step.key} {...step.link} className="nav-link">
            {step.isDone ? (
              <IconCircleCheckFilled size={20} color="var(--stores-good)" aria-label={t("setup.done")} />
            ) : (
              <IconCircle size={20} aria-label={t("setup.open")} />
            )}
            <Group gap={6}>
              <Text fw={step.isDone ? 400 : 550} c={step.isDone ? "dimmed" : undefined}>
                {t(`setup.${step.key}`)}
              </Text>
              {!step.isDone && (
                <Text size="sm" c="dimmed">
                  {t(`setup.${step.key}Text`)}
                </Text>
              )}
            </Group>
          </Link>
        ))}
      </Stack>
    </Section>
  );
}

/** Nothing until all is known, so that no step flickers. */
function useSteps(): Step[] | null {
  const may = useMay();
  const isOwner = may("payments.read") && may("invoices.read") && may("catalog.edit");
  const products = useQuery({ ...productsQuery({ status: "active" }), enabled: isOwner });
  const account = useQuery({ ...accountQuery, enabled: isOwner });
  const shipping = useQuery({ ...shippingQuery, enabled: isOwner });
  const connection = useQuery({ ...connectionQuery, enabled: isOwner });
  if (!products.data || account.data === undefined || !shipping.data || !connection.data) {
    return null;
  }
  const steps: Step[] = [
    { key: "product", isDone: products.data.items.length > 0, link: { to: "/products/new" } },
    { key: "payments", isDone: account.data?.status === "active", link: { to: "/settings/payments" } },
    { key: "shipping", isDone: shipping.data.rates.length > 0, link: { to: "/settings/shipping" } },
  ];
  if (connection.data.available) {
    const isDone = connection.data.state === "connected";
    steps.push({ key: "invoicing", isDone, link: { to: "/settings/invoicing" } });
  }
  return steps;
}
