import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../support/door.ts";
import { expectAccessible } from "../support/page.ts";
import { at } from "../support/platform.ts";
import { whileHeld } from "../support/process.ts";
import { ownStorefront } from "../support/storefront.ts";
import { expect, test } from "../support/watched.ts";

// Holds parts that other tests need: playwright.config.ts lets it run when those are done.
test.use({ theme: "essential" });

test("while the catalogue does not answer, pages that were shown stand and others say so politely", async ({
  browser,
  shop,
}) => {
  // A context of its own: the answers that are asked for here are faults anywhere else.
  const context = await browser.newContext({ locale: "pt-PT" });
  const page = await context.newPage();
  const product = at(`/products/${shop.goods[0].slug}`, shop.slug);
  // A page is kept once what was told of a new shop has been heard.
  await expect(async () => {
    await page.goto(product);
    await whileHeld("stores-catalog", async () => {
      const kept = await page.goto(product);
      expect(kept?.status()).toBe(200);
      await expect(page.getByRole("heading", { level: 1, name: shop.goods[0].title })).toBeVisible();
      const away = await page.goto(at("/search?q=jarra", shop.slug));
      expect(away?.status()).toBe(503);
      await expect(page.getByRole("heading", { level: 1, name: "Voltamos já" })).toBeVisible();
      await expectAccessible(page);
    });
  }).toPass();
  await expect(async () => {
    const back = await page.goto(at("/search?q=jarra", shop.slug));
    expect(back?.status()).toBe(200);
  }).toPass();
  await context.close();
});

test("a theme that breaks keeps its last good state, and the line is told", async ({ browser, shop }) => {
  // A context of its own: pictures are at the platform's front door, not at this storefront's.
  const context = await browser.newContext({ locale: "pt-PT" });
  const page = await context.newPage();
  const storefront = await ownStorefront();
  const product = storefront.at(`/products/${shop.goods[0].slug}`, shop.slug);
  const title = page.getByRole("heading", { level: 1, name: shop.goods[0].title });
  try {
    await page.goto(product);
    await expect(title).toBeVisible();
    await appendFile(join(storefront.themes, "essential/theme.toml"), "\n[[home]]\nsection = \n");
    await until("the line of the fault", async () => /theme\.toml:\d+/.test(storefront.log()) || undefined);
    await page.goto(product);
    await expect(title).toBeVisible();
  } finally {
    await storefront.close();
    await context.close();
  }
});
