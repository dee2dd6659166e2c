import { Button, Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Pager } from "~/ui/table.tsx";
import { mailsQuery, usageQuery } from "./api.ts";
import { MailTable } from "./components/mail_table.tsx";
import { MAIL_STATES, type MailSearch } from "./search.ts";

export function Mails({ search }: { search: MailSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  const query = useQuery(mailsQuery(search));
  const go = (part: MailSearch, paged?: boolean) =>
    navigate({
      to: "/mails",
      search: { ...search, after: undefined, ...part },
      state: (b) => ({ ...b, paged }),
    });
  const templates = may("settings.read") && (
    <Button component={Link} to="/mails/templates" variant="default">
      {t("mails.templates")}
    </Button>
  );
  return (
    <Page title={t("nav.mails")} subtitle={<Usage />} actions={templates}>
      <Section flush>
        <Group p="md">
          <Select
            w={{ base: "100%", sm: 220 }}
            aria-label={t("orders.status")}
            placeholder={t("orders.anyStatus")}
            clearable
            data={MAIL_STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
            value={search.state ?? null}
            onChange={(value) => go({ state: MAIL_STATES.find((state) => state === value) })}
          />
        </Group>
        <Loaded query={query}>
          {(list) =>
            list.items.length === 0 ? (
              <Empty title={t("mails.empty")} text={t("mails.emptyText")} />
            ) : (
              <MailTable items={list.items} />
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
    </Page>
  );
}

function Usage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useQuery(usageQuery);
  if (!data) {
    return t("mails.subtitle");
  }
  return data.covered == null
    ? t("mails.usage", { mails: format.number(data.mails) })
    : t("mails.usageOf", { mails: format.number(data.mails), covered: format.number(data.covered) });
}
