import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { Table } from "~/ui/table.tsx";
import { templatesQuery } from "./api.ts";

const LOCALE_USUAL = "pt-PT";

export function Templates({ locale = LOCALE_USUAL }: { locale: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(templatesQuery);
  return (
    <Page
      title={t("mails.templates")}
      subtitle={t("mails.templatesText")}
      back={{ to: "/mails", label: t("nav.mails") }}
    >
      <Loaded query={query}>
        {({ items, locales }) => (
          <>
            <SegmentedControl
              w="fit-content"
              aria-label={t("shell.language")}
              value={locale}
              data={locales}
              onChange={(value) => navigate({ to: "/mails/templates", search: { locale: value } })}
            />
            <Section flush>
              <Table
                label={t("mails.templates")}
                rows={items}
                rowKey={(row) => row.kind}
                linked
                columns={[
                  {
                    key: "kind",
                    header: t("mails.kind"),
                    cell: (row) => (
                      <Link
                        to="/mails/template/$kind"
                        params={{ kind: row.kind }}
                        search={{ locale }}
                        className="row-target"
                      >
                        {t(`mailKinds.${row.kind}` as "mailKinds.order_paid", row.kind)}
                      </Link>
                    ),
                  },
                  {
                    key: "audience",
                    header: t("mails.audience"),
                    cell: (row) => t(`mailAudience.${row.audience}` as "mailAudience.staff", row.audience),
                  },
                  {
                    key: "words",
                    header: t("mails.words"),
                    cell: (row) =>
                      row.changed_in.includes(locale) ? (
                        <Label tone="info">{t("mails.ownWords")}</Label>
                      ) : (
                        <Label tone="quiet">{t("mails.usualWords")}</Label>
                      ),
                  },
                ]}
              />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}
