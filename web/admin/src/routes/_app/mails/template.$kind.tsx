import { createFileRoute } from "@tanstack/react-router";
import { TemplatePage } from "~/features/mails/template.tsx";
import { textOf } from "~/lib/search.ts";

export const Route = createFileRoute("/_app/mails/template/$kind")({
  validateSearch: (search): { locale: string } => ({ locale: textOf(search.locale) ?? "pt-PT" }),
  component: () => <TemplatePage kind={Route.useParams().kind} locale={Route.useSearch().locale} />,
});
