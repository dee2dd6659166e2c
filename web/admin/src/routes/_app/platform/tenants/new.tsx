import { createFileRoute } from "@tanstack/react-router";
import { NewTenant } from "~/features/platform/new_tenant.tsx";

export const Route = createFileRoute("/_app/platform/tenants/new")({ component: NewTenant });
