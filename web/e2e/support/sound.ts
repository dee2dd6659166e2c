import { expect, type Page } from "@playwright/test";
import { type Check, expectAccessible } from "./page.ts";
import { at } from "./platform.ts";
import { comeToPay, expectPaid, pay, wantOne } from "./shopper.ts";
import type { Shop } from "./watched.ts";

export const WIDTHS = [390, 1440];

export const LEGAL = [
  "terms",
  "privacy",
  "returns",
  "withdrawal",
  "shipping",
  "disputes",
  "accessibility",
  "contact",
];

/** One heading, nothing that sticks out at the side, no fault that a program finds. */
export async function expectSound(page: Page, check: Check = expect): Promise<void> {
  await check(page.locator("h1"), page.url()).toHaveCount(1);
  // Nothing sticks out at the side.
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  check(wide, page.url()).toBeLessThanOrEqual(room ?? 0);
  await expectAccessible(page, check);
}

/** Everything that a visitor can look at without buying. */
export async function lookAround(page: Page, { slug, goods }: Shop): Promise<void> {
  const places = ["/", "/categories/mesa", "/search?q=manta", "/search?q=zzzz", "/cart", "/nada", "/en/"];
  places.push(...goods.map((product) => `/products/${product.slug}`), ...LEGAL.map((name) => `/${name}`));
  for (const place of places) {
    await page.goto(at(place, slug));
    await expectSound(page);
  }
}

/** Every page between the shelf and the order that is paid. */
export async function lookWhileBuying(page: Page, shop: Shop): Promise<void> {
  await wantOne(page, shop);
  await expectSound(page);
  await page.goto(at("/cart", shop.slug));
  await expectSound(page);
  await page.getByRole("link", { name: "Finalizar compra" }).click();
  await page.getByRole("button", { name: /^Encomendar/ }).click();
  await expect(page.getByRole("alert")).toContainText("Falta corrigir");
  await expectSound(page);
  await comeToPay(page, shop, "Cartão");
  await expect(page.getByRole("button", { name: /^Pagar/ })).toBeEnabled();
  await expectSound(page);
  await pay(page, "Card: pays");
  await expectPaid(page);
  await expectSound(page);
}
