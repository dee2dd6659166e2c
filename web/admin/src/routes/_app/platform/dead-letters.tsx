import { createFileRoute } from "@tanstack/react-router";
import { DeadLetters } from "~/features/platform/dead_letters.tsx";
import { serviceSearch } from "~/features/platform/schema.ts";

export const Route = createFileRoute("/_app/platform/dead-letters")({
  validateSearch: serviceSearch,
  component: () => <DeadLetters search={Route.useSearch()} />,
});
