import { createRouter } from "@tanstack/react-router";
import { Broken, Nowhere } from "~/features/shell/components/broken.tsx";
import { routeTree } from "~/routeTree.gen.ts";
import { Lines } from "~/ui/query.tsx";

export const router = createRouter({
  routeTree,
  basepath: "/admin",
  defaultPreload: "intent",
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Nowhere,
  defaultPendingComponent: () => <Lines count={6} />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** This page of a list was reached from the one before. */
    paged?: boolean;
  }
}
