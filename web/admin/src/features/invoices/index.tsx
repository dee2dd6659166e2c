import { Button, Group, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Notice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Pager } from "~/ui/table.tsx";
import { connectionQuery, DOCUMENT_STATUSES, type DocumentSearch, documentsQuery } from "./api.ts";
import { ChecksCard } from "./components/checks_card.tsx";
import { DocumentTable } from "./components/document_table.tsx";

export function Invoices({ search }: { search: DocumentSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(documentsQuery(search));
  const connection = useQuery(connectionQuery);
  const go = (part: DocumentSearch, paged?: boolean) =>
    navigate({
      to: "/invoices",
      search: { ...search, after: undefined, ...part },
      state: (b) => ({ ...b, paged }),
    });
  const counts = query.data?.counts;
  const label = (status: (typeof DOCUMENT_STATUSES)[number]) => {
    const count = counts?.[status];
    return count ? `${t(`documentStatus.${status}`)} (${count})` : t(`documentStatus.${status}`);
  };
  const isUnconnected = connection.data?.available && connection.data.state !== "connected";
  return (
    <Page title={t("nav.invoices")} subtitle={t("invoices.subtitle")}>
      {isUnconnected && (
        <Notice
          tone={connection.data?.state === "lost" ? "bad" : "warn"}
          title={connection.data?.state === "lost" ? t("invoices.lost") : t("invoices.notConnected")}
          action={
            <Button component={Link} to="/settings/invoicing" variant="default" size="xs">
              {t("invoices.connect")}
            </Button>
          }
        >
          {t("invoices.notConnectedText")}
        </Notice>
      )}
      <Section flush>
        <Group p="md" style={{ overflowX: "auto" }}>
          <SegmentedControl
            aria-label={t("orders.status")}
            value={search.status ?? "all"}
            data={[
              { value: "all", label: t("documentStatus.all") },
              ...DOCUMENT_STATUSES.map((value) => ({ value, label: label(value) })),
            ]}
            onChange={(value) => go({ status: DOCUMENT_STATUSES.find((status) => status === value) })}
          />
        </Group>
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty title={t("invoices.empty")} text={t("invoices.emptyText")} />
            ) : (
              <DocumentTable items={list.items} />
            )
          }
        </Loaded>
      </Section>
      <Pager
        shown={query.data?.items.length ?? 0}
        next={query.data?.next}
        after={search.after}
        onPage={(after) => go({ after }, true)}
      />
      <ChecksCard />
    </Page>
  );
}
