import { createFileRoute, redirect } from "@tanstack/react-router";
import { Shell } from "~/features/shell/index.tsx";
import { getSession } from "~/lib/session.ts";

export const Route = createFileRoute("/_app")({
  beforeLoad: ({ location }) => {
    const { status } = getSession();
    if (status === "out" || status === "unknown") {
      throw redirect({ to: "/sign-in", search: { next: location.href } });
    }
  },
  component: Shell,
});
