import { createFileRoute, redirect } from "@tanstack/react-router";
import { Dashboard } from "~/features/dashboard/index.tsx";
import { getActing } from "~/lib/acting.ts";
import { getSession } from "~/lib/session.ts";

export const Route = createFileRoute("/_app/")({
  beforeLoad: () => {
    const session = getSession();
    if ("person" in session && !session.person.tenant && !getActing()) {
      throw redirect({ to: "/platform/tenants" });
    }
  },
  component: Dashboard,
});
