import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { usageQuery } from "~/features/mails/api.ts";
import { staffQuery } from "~/features/staff/api.ts";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import { type AddonName, type Entitlement, entitlementsQuery } from "./api.ts";

const UNLIMITED = -1;
const isLimit = (item: Entitlement) => item.key.startsWith("limit.");

/** What the store may use, how much of it is used, and where it comes from. */
export function PlanPage() {
  const { t } = useTranslation();
  const query = useQuery(entitlementsQuery);
  return (
    <Loaded query={query}>
      {({ plan, items, addons }) => {
        const own = items.filter((item) => !item.source.includes("always"));
        return (
          <Stack>
            <Limits
              title={t("plan.title", { plan: planName(t, plan) })}
              items={own.filter(isLimit)}
              addons={addons}
            />
            <Features items={own.filter((item) => !isLimit(item))} addons={addons} />
          </Stack>
        );
      }}
    </Loaded>
  );
}

interface ItemsProps {
  items: Entitlement[];
  addons: AddonName[];
}

function Limits({ title, items, addons }: ItemsProps & { title: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const used = useUsed();
  return (
    <Section title={title} text={t("plan.text")} flush>
      <Table
        label={title}
        rows={items}
        rowKey={(item) => item.key}
        columns={[
          { key: "key", header: t("plan.what"), cell: (item) => <Limit item={item} /> },
          {
            key: "used",
            header: t("plan.used"),
            cell: (item) => {
              const count = used[item.key];
              return count === undefined ? "" : format.number(count);
            },
            end: true,
          },
          {
            key: "value",
            header: t("plan.value"),
            cell: (item) => (item.value === UNLIMITED ? t("plan.unlimited") : format.number(item.value)),
            end: true,
          },
          {
            key: "source",
            header: t("plan.source"),
            cell: (item) => <Sources item={item} addons={addons} />,
          },
        ]}
      />
    </Section>
  );
}

function Features({ items, addons }: ItemsProps) {
  const { t } = useTranslation();
  return (
    <Section title={t("plan.features")} flush>
      <Table
        label={t("plan.features")}
        rows={items}
        rowKey={(item) => item.key}
        columns={[
          { key: "key", header: t("plan.what"), cell: (item) => <Feature item={item} addons={addons} /> },
          {
            key: "value",
            header: t("plan.value"),
            cell: (item) =>
              item.value === 0 ? (
                <Label tone="quiet">{t("plan.off")}</Label>
              ) : (
                <Label tone="good">{t("plan.on")}</Label>
              ),
          },
          {
            key: "source",
            header: t("plan.source"),
            cell: (item) => <Sources item={item} addons={addons} />,
          },
        ]}
      />
    </Section>
  );
}

/** What is counted, by the limit it counts against. */
function useUsed(): Record<string, number | undefined> {
  const canCount = useMay()("staff.manage");
  const mails = useQuery(usageQuery);
  const staff = useQuery({ ...staffQuery(undefined), enabled: canCount });
  const people = staff.data?.next ? undefined : staff.data?.items;
  return {
    "limit.mails_per_month": mails.data?.mails,
    "limit.staff": people?.filter((person) => person.status !== "disabled").length,
  };
}

function Limit({ item }: { item: Entitlement }) {
  const { t } = useTranslation();
  const name = item.key.replace(/^limit\./, "");
  return <>{t(`plan.limits.${name}` as "plan.limits.staff", name)}</>;
}

/** By the name under which it is sold, with what it does. */
function Feature({ item, addons }: { item: Entitlement; addons: AddonName[] }) {
  const { t, i18n } = useTranslation();
  const addon = addons.find((addon) => addon.entitlement === item.key);
  if (!addon) {
    const key = item.key.replace(".", "_");
    return <>{t(`plan.withPlan.${key}` as "plan.withPlan.tenants_oidc_sso", item.key)}</>;
  }
  return (
    <div>
      {inLanguage(addon.name, i18n.language)}
      <Text size="xs" c="dimmed" maw="60ch">
        {inLanguage(addon.description, i18n.language)}
      </Text>
    </div>
  );
}

function Sources({ item, addons }: { item: Entitlement; addons: AddonName[] }) {
  const { t, i18n } = useTranslation();
  const words = item.source.map((source) => {
    const [kind, key = ""] = source.split(":");
    if (kind === "plan") {
      return t("plan.from.plan", { key: planName(t, key) });
    }
    if (kind === "addon") {
      const addon = addons.find((addon) => addon.key === key);
      return t("plan.from.addon", { key: addon ? inLanguage(addon.name, i18n.language) : key });
    }
    return kind === "override" ? t("plan.from.override") : source;
  });
  return <>{words.join(", ")}</>;
}

const planName = (t: TFunction, plan: string) => t(`plans.${plan}` as "plans.starter", plan);

/** The price list knows languages without their country. */
function inLanguage(words: Record<string, string>, language: string): string {
  return words[language.slice(0, 2)] ?? words["en"] ?? Object.values(words)[0] ?? "";
}
