import { createFileRoute } from "@tanstack/react-router";
import { DomainsPage } from "~/features/domains/index.tsx";
import { textOf } from "~/lib/search.ts";

export const Route = createFileRoute("/_app/settings/domains")({
  validateSearch: (search): { after?: string } => ({ after: textOf(search.after) }),
  component: Domains,
});

function Domains() {
  const navigate = Route.useNavigate();
  const { after } = Route.useSearch();
  const onPage = (next?: string) =>
    navigate({ search: { after: next }, state: (before) => ({ ...before, paged: true }) });
  return <DomainsPage after={after} onPage={onPage} />;
}
