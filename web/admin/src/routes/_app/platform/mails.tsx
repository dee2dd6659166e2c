import { createFileRoute } from "@tanstack/react-router";
import { PlatformMails } from "~/features/platform/mails.tsx";

export const Route = createFileRoute("/_app/platform/mails")({ component: PlatformMails });
