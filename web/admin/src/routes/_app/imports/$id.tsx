import { createFileRoute } from "@tanstack/react-router";
import { ImportPage } from "~/features/imports/detail.tsx";

export const Route = createFileRoute("/_app/imports/$id")({
  component: () => <ImportPage id={Route.useParams().id} />,
});
