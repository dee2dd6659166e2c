import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectSound } from "./sound.ts";

const WIDTHS = [390, 1440];

/** Takes pictures of a page, whole, at a phone's width and at a desk's; the page must be sound at both. */
export async function pictured(page: Page, ...name: [string, ...string[]]): Promise<void> {
  const folder = join(process.env.STORES_SCREENSHOTS ?? "screenshots", ...name.slice(0, -1));
  await mkdir(folder, { recursive: true });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await allImagesShown(page);
    await page.screenshot({
      path: join(folder, `${name.at(-1)}-${width}.jpg`),
      type: "jpeg",
      quality: 80,
      fullPage: true,
      animations: "disabled",
    });
    await expectSound(page);
  }
}

/** Pictures further down are fetched when somebody comes near, which a picture of the whole page does not. */
async function allImagesShown(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const images = [...document.images];
    for (const image of images) {
      image.loading = "eager";
    }
    await Promise.all([
      document.fonts.ready,
      ...images.map((image) => image.decode().catch(() => undefined)),
    ]);
  });
}
