import { createFileRoute } from "@tanstack/react-router";
import { Jobs } from "~/features/platform/jobs.tsx";
import { serviceSearch } from "~/features/platform/schema.ts";

export const Route = createFileRoute("/_app/platform/jobs")({
  validateSearch: serviceSearch,
  component: () => <Jobs search={Route.useSearch()} />,
});
