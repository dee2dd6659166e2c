import { createFileRoute } from "@tanstack/react-router";
import { Health } from "~/features/platform/health.tsx";

export const Route = createFileRoute("/_app/platform/health")({ component: Health });
