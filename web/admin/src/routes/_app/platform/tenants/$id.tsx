import { createFileRoute } from "@tanstack/react-router";
import { TenantPage } from "~/features/platform/tenant.tsx";

export const Route = createFileRoute("/_app/platform/tenants/$id")({
  component: () => <TenantPage id={Route.useParams().id} />,
});
