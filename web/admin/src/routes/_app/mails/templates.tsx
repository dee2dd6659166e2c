import { createFileRoute } from "@tanstack/react-router";
import { Templates } from "~/features/mails/templates.tsx";
import { textOf } from "~/lib/search.ts";

export const Route = createFileRoute("/_app/mails/templates")({
  validateSearch: (search): { locale?: string } => ({ locale: textOf(search.locale) }),
  component: () => <Templates locale={Route.useSearch().locale} />,
});
