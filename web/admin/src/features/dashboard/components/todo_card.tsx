import { Group, Stack, Text } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { documentsQuery } from "~/features/invoices/api.ts";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { Section } from "~/ui/page.tsx";
import type { Tone } from "~/ui/state.tsx";
import { orderCountQuery } from "../api.ts";

/** What waits for somebody; a line goes to the list that holds it. */
export function TodoCard() {
  const { t } = useTranslation();
  const may = useMay();
  const seesOrders = may("orders.read");
  const seesInvoices = may("invoices.read");
  const toSend = useQuery({
    ...orderCountQuery({ status: "paid", fulfilment: "unfulfilled" }),
    enabled: seesOrders,
  });
  const unpaid = useQuery({ ...orderCountQuery({ status: "pending_payment" }), enabled: seesOrders });
  const documents = useQuery({ ...documentsQuery({ status: "failed" }), enabled: seesInvoices });
  return (
    <Section title={t("dashboard.todo")}>
      <Stack gap="xs">
        {seesOrders && (
          <>
            <Todo
              name={t("dashboard.toSend")}
              count={toSend.data}
              tone="warn"
              link={{ to: "/orders", search: { status: "paid", fulfilment: "unfulfilled" } }}
            />
            <Todo
              name={t("dashboard.unpaid")}
              count={unpaid.data}
              tone="info"
              link={{ to: "/orders", search: { status: "pending_payment" } }}
            />
          </>
        )}
        {seesInvoices && (
          <Todo
            name={t("dashboard.failedInvoices")}
            count={documents.data?.counts.failed}
            tone="bad"
            link={{ to: "/invoices", search: { status: "failed" } }}
          />
        )}
      </Stack>
    </Section>
  );
}

interface TodoProps {
  name: string;
  count: number | undefined;
  tone: Tone;
  link: LinkProps;
}

function Todo({ name, count, tone, link }: TodoProps) {
  const format = useFormat();
  return (
    <Link {...link} className="nav-link" style={{ paddingInline: 0 }}>
      <Group justify="space-between" w="100%" wrap="nowrap">
        <Text size="sm" className={`state tone-${count ? tone : "quiet"}`}>
          {name}
        </Text>
        <Group gap={4} wrap="nowrap">
          <Text fw={650} className="num">
            {count === undefined ? "…" : format.number(count)}
          </Text>
          <IconChevronRight size={15} aria-hidden />
        </Group>
      </Group>
    </Link>
  );
}
