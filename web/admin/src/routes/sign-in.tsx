import { createFileRoute } from "@tanstack/react-router";
import { SignIn } from "~/features/session/index.tsx";
import { textOf } from "~/lib/search.ts";

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search): { next?: string } => ({ next: textOf(search.next) }),
  component: () => <SignIn next={Route.useSearch().next} />,
});
