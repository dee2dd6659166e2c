import { createFileRoute } from "@tanstack/react-router";
import { ShippingSettings } from "~/features/settings/shipping.tsx";

export const Route = createFileRoute("/_app/settings/shipping")({ component: ShippingSettings });
