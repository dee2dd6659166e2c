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
  ...[
    "store",
    "domains",
    "staff",
    "orders",
    "shipping",
    "payments",
    "invoicing",
    "mail",
    "webhooks",
    "plan",
  ].map((name) => `settings/${name}`),
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

/** A page of one of the rows of a list, by the list. */
const ONE = { orders: "orders/", products: "products/", "mails/templates": "mails/template/" };

async function settled(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

async function show(page: Page, path: string, slug?: string): Promise<void> {
  await page.goto(panel(`/${path}`, slug));
  await settled(page);
}

const nameOf = (path: string) => path.replaceAll("/", "-");

/** The page of the first row of the list that is shown. */
async function follow(page: Page, path: string): Promise<void> {
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page).toHaveURL((url) => url.pathname.includes(`/admin/${path}`));
  await settled(page);
}

test("the merchant's pages", async ({ page }) => {
  await show(page, "", DEMO.slug);
  await pictured(page, "panel", "sign-in");
  await signIn(page, DEMO.email, DEMO.password);
  for (const place of STORE) {
    await show(page, place, DEMO.slug);
    await pictured(page, "panel", nameOf(place) || "dashboard");
  }
  for (const [list, path] of Object.entries(ONE)) {
    await show(page, list, DEMO.slug);
    await follow(page, path);
    await pictured(page, "panel", `${nameOf(list)}-one`);
  }
});

test("what lies over the merchant's pages, and the dark ones", async ({ page }) => {
  await show(page, "", DEMO.slug);
  await signIn(page, DEMO.email, DEMO.password);
  await settled(page);
  await page.getByRole("button", { name: "Conta", exact: true }).click();
  await expect(page.getByRole("menu", { name: "Conta" })).toBeVisible();
  await pictured(page, "panel", "person-menu", { whole: false });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog").getByPlaceholder("Procurar ou ir para…")).toBeVisible();
  await pictured(page, "panel", "palette", { whole: false });
  await page.emulateMedia({ colorScheme: "dark" });
  for (const place of ["", "orders", "products", "settings/store"]) {
    await show(page, place, DEMO.slug);
    await pictured(page, "panel", `dark-${nameOf(place) || "dashboard"}`);
  }
});

test("the platform's pages", async ({ page }) => {
  await show(page, "");
  await pictured(page, "panel", "platform-sign-in");
  await page.getByLabel("Sou da equipa da plataforma").check();
  await signIn(page, sysadmin.email, sysadmin.password);
  for (const place of PLATFORM) {
    await show(page, `platform/${place}`);
    await pictured(page, "panel", `platform-${nameOf(place)}`);
  }
  await show(page, "platform/tenants");
  await follow(page, "platform/tenants/");
  await pictured(page, "panel", "platform-tenants-one");
});
