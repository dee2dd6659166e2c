import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { usageQuery } from "~/features/mails/api.ts";
import { staffQuery } from "~/features/staff/api.ts";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import { type Entitlement, entitlementsQuery } from "./api.ts";

const UNLIMITED = -1;
const isLimit = (item: Entitlement) => item.key.startsWith("limit.");

/** What the store may use, how much of it is used, and where it comes from. */
export function PlanPage() {
  const { t } = useTranslation();
  const query = useQuery(entitlementsQuery);
  return (
    <Loaded query={query}>
      {({ plan, items }) => {
        const own = items.filter((item) => !item.source.includes("always"));
        return (
          <Stack>
            <Limits title={t("plan.title", { plan })} items={own.filter(isLimit)} />
            <Features items={own.filter((item) => !isLimit(item))} />
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Limits({ title, items }: { title: string; items: Entitlement[] }) {
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
          { key: "key", header: t("plan.what"), cell: (item) => <Name item={item} /> },
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
          { key: "source", header: t("plan.source"), cell: (item) => <Sources item={item} /> },
        ]}
      />
    </Section>
  );
}

function Features({ items }: { items: Entitlement[] }) {
  const { t } = useTranslation();
  return (
    <Section title={t("plan.features")} flush>
      <Table
        label={t("plan.features")}
        rows={items}
        rowKey={(item) => item.key}
        columns={[
          { key: "key", header: t("plan.what"), cell: (item) => <Name item={item} /> },
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
          { key: "source", header: t("plan.source"), cell: (item) => <Sources item={item} /> },
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

function Name({ item }: { item: Entitlement }) {
  const { t } = useTranslation();
  if (!isLimit(item)) {
    return <span className="mono">{item.key}</span>;
  }
  const name = item.key.replace(/^limit\./, "");
  return <>{t(`plan.limits.${name}` as "plan.limits.staff", name)}</>;
}

function Sources({ item }: { item: Entitlement }) {
  const { t } = useTranslation();
  const words = item.source.map((source) => {
    const [kind, key] = source.split(":");
    if (kind === "plan" || kind === "addon") {
      return t(`plan.from.${kind}`, { key });
    }
    return kind === "override" ? t("plan.from.override") : source;
  });
  return <>{words.join(", ")}</>;
}
