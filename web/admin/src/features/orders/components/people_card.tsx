import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Section } from "~/ui/page.tsx";
import type { OrderDetail } from "../api.ts";
import { trackingLink } from "../schema.ts";

export function PeopleCard({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const isSame = JSON.stringify(order.billing_address) === JSON.stringify(order.shipping_address);
  const link = order.tracking ? trackingLink(order.tracking) : null;
  return (
    <Section title={t("orders.customer")}>
      <dl className="facts">
        <dt>{t("orders.email")}</dt>
        <dd>
          <a href={`mailto:${order.email}`}>{order.email}</a>
        </dd>
        {order.phone && (
          <>
            <dt>{t("orders.phone")}</dt>
            <dd>
              <a href={`tel:${order.phone}`}>{order.phone}</a>
            </dd>
          </>
        )}
        {order.tax_id && (
          <>
            <dt>NIF</dt>
            <dd className="num">{order.tax_id}</dd>
          </>
        )}
        <dt>{t("orders.delivery")}</dt>
        <dd>
          <Address address={order.shipping_address} />
        </dd>
        <dt>{t("orders.billing")}</dt>
        <dd>{isSame ? t("orders.sameAddress") : <Address address={order.billing_address} />}</dd>
        <dt>{t("orders.method")}</dt>
        <dd>{t(`methods.${order.payment_method}` as "methods.card", order.payment_method)}</dd>
        {order.tracking && (
          <>
            <dt>{t("orders.tracking")}</dt>
            <dd>
              {link ? (
                <a href={link} target="_blank" rel="noreferrer">
                  {link}
                </a>
              ) : (
                <span className="mono">{order.tracking}</span>
              )}
            </dd>
          </>
        )}
        {order.note && (
          <>
            <dt>{t("orders.note")}</dt>
            <dd>{order.note}</dd>
          </>
        )}
      </dl>
    </Section>
  );
}

function Address({ address }: { address: OrderDetail["shipping_address"] }) {
  const lines = [
    address.name,
    address.company,
    address.line1,
    address.line2,
    `${address.postcode} ${address.city}`,
    address.country,
  ];
  return (
    <Stack gap={0}>
      {lines.filter(Boolean).map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
    </Stack>
  );
}
