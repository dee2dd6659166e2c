import { createFileRoute } from "@tanstack/react-router";
import { PlanPage } from "~/features/settings/plan.tsx";

export const Route = createFileRoute("/_app/settings/plan")({ component: PlanPage });
