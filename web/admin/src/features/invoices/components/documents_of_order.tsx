import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Section } from "~/ui/page.tsx";
import { newestDocumentsQuery } from "../api.ts";
import { DocumentTable } from "./document_table.tsx";

export function DocumentsOfOrder({ order }: { order: string }) {
  const { t } = useTranslation();
  const query = useQuery(newestDocumentsQuery);
  const items = query.data?.items.filter((document) => document.order_id === order) ?? [];
  if (items.length === 0) {
    return null;
  }
  return (
    <Section title={t("nav.invoices")} flush>
      <DocumentTable items={items} isOfOrder />
    </Section>
  );
}
