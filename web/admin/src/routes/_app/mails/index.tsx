import { createFileRoute } from "@tanstack/react-router";
import { Mails } from "~/features/mails/index.tsx";
import { mailSearch } from "~/features/mails/search.ts";

export const Route = createFileRoute("/_app/mails/")({
  validateSearch: mailSearch,
  component: () => <Mails search={Route.useSearch()} />,
});
