import type { Page } from "@playwright/test";
import { DEMO } from "../support/demo.ts";
import { signIn } from "../support/page.ts";
import { pictured } from "../support/pictures.ts";
import { panel, sysadmin } from "../support/platform.ts";
import { expect, test } from "../support/watched.ts";

const STORE = [
  "",
  "orders",
  "withdrawals",
  "customers",
  "products",
  "products/new",
  "categories",
  "stock",
  "payments",
  "invoices",
  "mails",
  "mails/templates",
  "imports",
  "imports/new",
  "design",
  "audit",
  "account",
  ...["store", "staff", "orders", "shipping", "payments", "invoicing", "mail", "webhooks", "plan"].map(
    (name) => `settings/${name}`,
  ),
];
const PLATFORM = [
  "tenants",
  "tenants/new",
  "health",
  "jobs",
  "dead-letters",
  "webhooks",
  "breaks",
  "invoices",
  "mails",
  "audit",
];

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

test("the merchant's pages", async ({ page }) => {
  await page.goto(panel("/", DEMO.slug));
  await settled(page);
  await pictured(page, "panel", "sign-in");
  await signIn(page, DEMO.email, DEMO.password);
  for (const place of STORE) {
    await page.goto(panel(`/${place}`, DEMO.slug));
    await settled(page);
    await pictured(page, "panel", place.replaceAll("/", "-") || "dashboard");
  }
  for (const list of ["orders", "products"]) {
    await page.goto(panel(`/${list}`, DEMO.slug));
    await settled(page);
    await page.getByRole("table").getByRole("link").first().click();
    await expect(page).toHaveURL(/[0-9a-f-]{36}/);
    await settled(page);
    await pictured(page, "panel", `${list}-one`);
  }
});

test("the platform's pages", async ({ page }) => {
  await page.goto(panel("/"));
  await settled(page);
  await pictured(page, "panel", "platform-sign-in");
  await page.getByLabel("Sou da equipa da plataforma").check();
  await signIn(page, sysadmin.email, sysadmin.password);
  for (const place of PLATFORM) {
    await page.goto(panel(`/platform/${place}`));
    await settled(page);
    await pictured(page, "panel", `platform-${place.replaceAll("/", "-")}`);
  }
});
