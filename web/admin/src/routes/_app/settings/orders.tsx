import { createFileRoute } from "@tanstack/react-router";
import { OrderSettings } from "~/features/settings/orders.tsx";

export const Route = createFileRoute("/_app/settings/orders")({ component: OrderSettings });
