import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Section } from "~/ui/page.tsx";
import { mailsQuery } from "../api.ts";
import { MailTable } from "./mail_table.tsx";

export function MailsOfOrder({ order }: { order: string }) {
  const { t } = useTranslation();
  const query = useQuery(mailsQuery({ order_id: order }));
  const items = query.data?.items ?? [];
  if (items.length === 0) {
    return null;
  }
  return (
    <Section title={t("nav.mails")} flush>
      <MailTable items={items} />
    </Section>
  );
}
