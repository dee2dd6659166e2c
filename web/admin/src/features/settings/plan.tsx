import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import { entitlementsQuery } from "./api.ts";

const UNLIMITED = -1;

/** What the store may use, and why. */
export function PlanPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(entitlementsQuery);
  return (
    <Loaded query={query}>
      {({ plan, items }) => (
        <Section title={t("plan.title", { plan })} text={t("plan.text")} flush>
          <Table
            label={t("plan.title", { plan })}
            rows={items.filter((item) => !item.source.includes("always"))}
            rowKey={(item) => item.key}
            columns={[
              {
                key: "key",
                header: t("plan.what"),
                cell: (item) => <span className="mono">{item.key}</span>,
              },
              {
                key: "value",
                header: t("plan.value"),
                cell: (item) => {
                  if (!item.key.startsWith("limit.")) {
                    const isOn = item.value !== 0;
                    return (
                      <Label tone={isOn ? "good" : "quiet"}>{isOn ? t("plan.on") : t("plan.off")}</Label>
                    );
                  }
                  return item.value === UNLIMITED ? t("plan.unlimited") : format.number(item.value);
                },
              },
              { key: "source", header: t("plan.source"), cell: (item) => item.source.join(", ") },
            ]}
          />
        </Section>
      )}
    </Loaded>
  );
}
