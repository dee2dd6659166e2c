import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { useSave } from "~/lib/save.ts";
import { MoneyText } from "~/ui/money.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { Empty, Table } from "~/ui/table.tsx";
import { checkBooks, checksQuery } from "../api.ts";

/** Whether every paid order has its document, day by day. */
export function ChecksCard() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const query = useQuery(checksQuery);
  const checking = useSave({ send: checkBooks });
  const check = may("invoices.manage") && (
    <Button variant="default" size="xs" loading={checking.isSaving} onClick={() => checking.save()}>
      {t("invoices.checkNow")}
    </Button>
  );
  return (
    <Section title={t("invoices.checks")} text={t("invoices.checksText")} actions={check} flush>
      <ProblemNotice problem={checking.problem} />
      <Loaded query={query}>
        {(list) =>
          list.items.length === 0 ? (
            <Empty title={t("invoices.noChecks")} text={t("invoices.noChecksText")} />
          ) : (
            <Table
              label={t("invoices.checks")}
              rows={list.items}
              rowKey={(row) => row.day}
              columns={[
                { key: "day", header: t("invoices.day"), cell: (row) => format.date(row.day) },
                {
                  key: "good",
                  header: t("invoices.result"),
                  cell: (row) =>
                    row.good ? (
                      <Label tone="good">{t("invoices.good")}</Label>
                    ) : (
                      <Label tone="bad">
                        {t("invoices.bad", {
                          missing: row.missing,
                          differing: row.differing,
                          failed: row.failed,
                        })}
                      </Label>
                    ),
                },
                {
                  key: "orders",
                  header: t("dashboard.orders"),
                  cell: (row) => format.number(row.orders),
                  end: true,
                },
                {
                  key: "paid",
                  header: t("invoices.ordersTotal"),
                  cell: (row) => <MoneyText value={row.orders_total} />,
                  end: true,
                },
                {
                  key: "issued",
                  header: t("invoices.issuedTotal"),
                  cell: (row) => <MoneyText value={row.issued_total} />,
                  end: true,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Section>
  );
}
