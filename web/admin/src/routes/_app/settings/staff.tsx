import { createFileRoute } from "@tanstack/react-router";
import { StaffPage } from "~/features/staff/index.tsx";
import { textOf } from "~/lib/search.ts";

export const Route = createFileRoute("/_app/settings/staff")({
  validateSearch: (search): { after?: string } => ({ after: textOf(search.after) }),
  component: Staff,
});

function Staff() {
  const navigate = Route.useNavigate();
  const { after } = Route.useSearch();
  const onPage = (next?: string) =>
    navigate({ search: { after: next }, state: (before) => ({ ...before, paged: true }) });
  return <StaffPage after={after} onPage={onPage} />;
}
