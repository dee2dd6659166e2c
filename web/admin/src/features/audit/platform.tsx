import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useTypedSearch } from "~/lib/typed_search.ts";
import { Page } from "~/ui/page.tsx";
import { type PlatformTrailSearch, platformTrailQuery } from "./api.ts";
import { Trail } from "./components/trail.tsx";

/** Who did what on the platform itself, or in one store. */
export function PlatformAuditPage({ search }: { search: PlatformTrailSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(platformTrailQuery(search));
  const go = (part: Partial<PlatformTrailSearch>, paged?: boolean) =>
    navigate({
      to: "/platform/audit",
      search: { ...search, after: undefined, ...part },
      state: (b) => ({ ...b, paged }),
    });
  const typed = useTypedSearch(search.tenant, (tenant) => go({ tenant }));
  return (
    <Page title={t("audit.title")} subtitle={t("audit.platformText")}>
      <TextInput maw={380} label={t("audit.tenant")} description={t("audit.tenantHint")} {...typed} />
      <Trail query={query} search={search} go={go} />
    </Page>
  );
}
