import { Button, Grid, Group, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DocumentsOfOrder } from "~/features/invoices/components/documents_of_order.tsx";
import { MailsOfOrder } from "~/features/mails/components/mails_of_order.tsx";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { Page } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { type OrderDetail, orderQuery } from "./api.ts";
import { CancelDialog } from "./components/cancel_dialog.tsx";
import { FulfilDialog } from "./components/fulfil_dialog.tsx";
import { LinesCard } from "./components/lines_card.tsx";
import { FulfilmentBadge } from "./components/order_table.tsx";
import { PeopleCard } from "./components/people_card.tsx";
import { RefundDialog } from "./components/refund_dialog.tsx";
import { RefundsCard } from "./components/refunds_card.tsx";
import { TimelineCard } from "./components/timeline_card.tsx";
import { deeds } from "./schema.ts";

export function OrderPage({ id }: { id: string }) {
  const query = useQuery(orderQuery(id));
  return <Loaded query={query}>{(order) => <Detail order={order} />}</Loaded>;
}

type Deed = "fulfil" | "cancel" | "refund";

function Detail({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const [deed, setDeed] = useState<Deed | null>(null);
  const can = deeds(order);
  const close = () => setDeed(null);
  const actions = (
    <>
      {can.cancel && may("orders.edit") && (
        <Button variant="default" onClick={() => setDeed("cancel")}>
          {t("orders.cancel")}
        </Button>
      )}
      {can.refund && may("orders.refund") && (
        <Button variant="default" onClick={() => setDeed("refund")}>
          {t("orders.refund")}
        </Button>
      )}
      {can.fulfil && may("orders.edit") && (
        <Button onClick={() => setDeed("fulfil")}>{t("orders.fulfil")}</Button>
      )}
    </>
  );
  return (
    <Page
      title={t("orders.orderNumber", { number: order.number })}
      back={{ to: "/orders", label: t("nav.orders") }}
      subtitle={
        <Group gap="md">
          <StateBadge state={order.status} />
          <FulfilmentBadge order={order} />
          <span title={format.exact(order.placed_at)}>{format.dateTime(order.placed_at)}</span>
        </Group>
      }
      actions={actions}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack gap="lg">
            <LinesCard order={order} />
            <RefundsCard order={order} />
            {may("invoices.read") && <DocumentsOfOrder order={order.id} />}
            <MailsOfOrder order={order.id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="lg">
            <PeopleCard order={order} />
            <TimelineCard order={order} />
          </Stack>
        </Grid.Col>
      </Grid>
      {deed === "fulfil" && <FulfilDialog order={order} onClose={close} />}
      {deed === "cancel" && <CancelDialog order={order} onClose={close} />}
      {deed === "refund" && <RefundDialog order={order} onClose={close} />}
    </Page>
  );
}
