import { createFileRoute } from "@tanstack/react-router";
import { platformTrailSearch } from "~/features/audit/api.ts";
import { PlatformAuditPage } from "~/features/audit/platform.tsx";

export const Route = createFileRoute("/_app/platform/audit")({
  validateSearch: platformTrailSearch,
  component: () => <PlatformAuditPage search={Route.useSearch()} />,
});
