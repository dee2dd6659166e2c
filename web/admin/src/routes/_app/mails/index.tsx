import { createFileRoute } from "@tanstack/react-router";
import { mailSearch } from "~/features/mails/api.ts";
import { Mails } from "~/features/mails/index.tsx";

export const Route = createFileRoute("/_app/mails/")({
  validateSearch: mailSearch,
  component: () => <Mails search={Route.useSearch()} />,
});
