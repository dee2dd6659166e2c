import { Drawer, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { MoneyText } from "~/ui/money.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { paymentQuery } from "../api.ts";

/** A payment with what went back of it, and what its shopper's bank contests. */
export function PaymentDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(paymentQuery(id));
  return (
    <Drawer opened onClose={onClose} position="right" title={<Text fw={600}>{t("payments.details")}</Text>}>
      <Loaded query={query}>
        {(payment) => (
          <Stack>
            <dl className="facts">
              <dt>{t("orders.status")}</dt>
              <dd>
                <StateBadge state={payment.status} />
              </dd>
              <dt>{t("orders.amount")}</dt>
              <dd>
                <MoneyText value={payment.amount} />
              </dd>
              <dt>{t("payments.fee")}</dt>
              <dd>
                <MoneyText value={payment.application_fee} />
              </dd>
              <dt>{t("payments.attempt")}</dt>
              <dd>{format.number(payment.attempt)}</dd>
              <dt>{t("payments.declines")}</dt>
              <dd>
                {format.number(payment.declines)} {payment.last_decline}
              </dd>
              {payment.intent_id && (
                <>
                  <dt>Stripe</dt>
                  <dd className="mono">{payment.intent_id}</dd>
                </>
              )}
            </dl>
            {payment.refunds.length > 0 && <Title order={2}>{t("orders.refunds")}</Title>}
            {payment.refunds.map((refund) => (
              <dl key={refund.id} className="facts">
                <dt>{format.dateTime(refund.created_at)}</dt>
                <dd>
                  <MoneyText value={refund.amount} /> <StateBadge state={refund.status} /> {refund.failure}
                </dd>
              </dl>
            ))}
            {payment.disputes.length > 0 && <Title order={2}>{t("payments.disputes")}</Title>}
            {payment.disputes.map((dispute) => (
              <dl key={dispute.id} className="facts">
                <dt>{format.dateTime(dispute.opened_at)}</dt>
                <dd>
                  <MoneyText value={dispute.amount} /> {dispute.status} · {dispute.reason}
                  {dispute.due_by && <> · {t("payments.dueBy", { at: format.dateTime(dispute.due_by) })}</>}
                </dd>
              </dl>
            ))}
          </Stack>
        )}
      </Loaded>
    </Drawer>
  );
}
