import { Link, Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "~/lib/permissions.ts";
import { Page } from "~/ui/page.tsx";

export function Settings() {
  const { t } = useTranslation();
  const may = useMay();
  const tabs = [
    { to: "/settings/store", name: t("settings.store") },
    ...(may("staff.manage") ? [{ to: "/settings/staff", name: t("settings.staff") } as const] : []),
    { to: "/settings/domains", name: t("settings.domains") },
    { to: "/settings/orders", name: t("settings.orders") },
    { to: "/settings/shipping", name: t("settings.shipping") },
    ...(may("payments.read") ? [{ to: "/settings/payments", name: t("settings.payments") } as const] : []),
    ...(may("invoices.read") ? [{ to: "/settings/invoicing", name: t("settings.invoicing") } as const] : []),
    { to: "/settings/mail", name: t("settings.mail") },
    { to: "/settings/webhooks", name: t("settings.webhooks") },
    { to: "/settings/plan", name: t("settings.plan") },
  ] as const;
  return (
    <Page title={t("nav.settings")}>
      <nav className="tabs" aria-label={t("nav.settings")}>
        {tabs.map((tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            activeProps={{ "data-active": true }}
            activeOptions={{ includeSearch: false }}
          >
            {tab.name}
          </Link>
        ))}
      </nav>
      <Outlet />
    </Page>
  );
}
