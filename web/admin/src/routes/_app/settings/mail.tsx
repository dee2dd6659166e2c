import { createFileRoute } from "@tanstack/react-router";
import { MailSettingsPage } from "~/features/settings/mail.tsx";

export const Route = createFileRoute("/_app/settings/mail")({ component: MailSettingsPage });
