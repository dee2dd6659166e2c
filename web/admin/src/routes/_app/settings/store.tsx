import { createFileRoute } from "@tanstack/react-router";
import { StoreSettingsPage } from "~/features/settings/store.tsx";

export const Route = createFileRoute("/_app/settings/store")({ component: StoreSettingsPage });
