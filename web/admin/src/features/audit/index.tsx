import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Page } from "~/ui/page.tsx";
import { type TrailSearch, trailQuery } from "./api.ts";
import { Trail } from "./components/trail.tsx";

/** Who did what in the store. */
export function AuditPage({ search }: { search: TrailSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(trailQuery(search));
  const go = (part: Partial<TrailSearch>, paged?: boolean) =>
    navigate({
      to: "/audit",
      search: { ...search, after: undefined, ...part },
      state: (b) => ({ ...b, paged }),
    });
  return (
    <Page title={t("audit.title")} subtitle={t("audit.text")}>
      <Trail query={query} search={search} go={go} />
    </Page>
  );
}
