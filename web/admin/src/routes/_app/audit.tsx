import { createFileRoute } from "@tanstack/react-router";
import { trailSearch } from "~/features/audit/api.ts";
import { AuditPage } from "~/features/audit/index.tsx";

export const Route = createFileRoute("/_app/audit")({
  validateSearch: trailSearch,
  component: () => <AuditPage search={Route.useSearch()} />,
});
