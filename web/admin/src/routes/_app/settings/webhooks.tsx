import { createFileRoute } from "@tanstack/react-router";
import { Webhooks } from "~/features/webhooks/index.tsx";

export const Route = createFileRoute("/_app/settings/webhooks")({ component: Webhooks });
