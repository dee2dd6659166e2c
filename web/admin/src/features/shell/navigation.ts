import {
  IconActivity,
  IconAlertOctagon,
  IconArrowBackUp,
  IconBuildingStore,
  IconCategory,
  IconCreditCard,
  IconFileInvoice,
  IconHistory,
  IconHome,
  IconListCheck,
  IconMail,
  IconMailX,
  IconPackage,
  IconPalette,
  IconReceipt,
  IconScale,
  IconSettings,
  IconShoppingBag,
  IconStack2,
  IconTransferIn,
  IconUsers,
  IconWebhook,
} from "@tabler/icons-react";
import type { LinkProps } from "@tanstack/react-router";
import type { Permission } from "~/lib/permissions.ts";
import type { Messages } from "~/locales/pt.ts";

export interface Place {
  to: LinkProps["to"];
  name: keyof Messages["nav"];
  icon: typeof IconHome;
  needs?: Permission;
  /** Only at this very address, not below it. */
  exact?: boolean;
}

export interface PlaceGroup {
  title?: keyof Messages["nav"];
  places: Place[];
}

export const STORE_PLACES: PlaceGroup[] = [
  {
    places: [
      { to: "/", name: "dashboard", icon: IconHome, exact: true },
      { to: "/orders", name: "orders", icon: IconShoppingBag, needs: "orders.read" },
      { to: "/withdrawals", name: "withdrawals", icon: IconArrowBackUp, needs: "orders.read" },
      { to: "/customers", name: "customers", icon: IconUsers, needs: "customers.read" },
    ],
  },
  {
    title: "catalogue",
    places: [
      { to: "/products", name: "products", icon: IconPackage, needs: "catalog.read" },
      { to: "/categories", name: "categories", icon: IconCategory, needs: "catalog.read" },
      { to: "/stock", name: "stock", icon: IconStack2, needs: "stock.read" },
    ],
  },
  {
    title: "money",
    places: [
      { to: "/payments", name: "payments", icon: IconCreditCard, needs: "payments.read" },
      { to: "/invoices", name: "invoices", icon: IconFileInvoice, needs: "invoices.read" },
    ],
  },
  {
    title: "more",
    places: [
      { to: "/mails", name: "mails", icon: IconMail, needs: "orders.read" },
      { to: "/imports", name: "imports", icon: IconTransferIn, needs: "imports.manage" },
      { to: "/design", name: "design", icon: IconPalette, needs: "settings.read" },
      { to: "/audit", name: "audit", icon: IconHistory, needs: "audit.read" },
      { to: "/settings", name: "settings", icon: IconSettings, needs: "settings.read" },
    ],
  },
];

export const PLATFORM_PLACES: PlaceGroup[] = [
  {
    places: [
      { to: "/platform/tenants", name: "tenants", icon: IconBuildingStore },
      { to: "/platform/health", name: "health", icon: IconActivity },
      { to: "/platform/audit", name: "platformAudit", icon: IconHistory },
    ],
  },
  {
    title: "operations",
    places: [
      { to: "/platform/jobs", name: "jobs", icon: IconListCheck },
      { to: "/platform/dead-letters", name: "deadLetters", icon: IconAlertOctagon },
      { to: "/platform/webhooks", name: "stripeWebhooks", icon: IconWebhook },
      { to: "/platform/breaks", name: "breaks", icon: IconScale },
      { to: "/platform/invoices", name: "troubles", icon: IconReceipt },
      { to: "/platform/mails", name: "platformMails", icon: IconMailX },
    ],
  },
];
