import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { expectSound, WIDTHS } from "./sound.ts";

/**
 * Takes pictures of a page at a phone's width and at a desk's: the whole page, or with `whole` false what stands in
 * the window, as where something lies over the page. It has to be sound at both; what is not is told in the end, so
 * that one fault leaves no picture untaken.
 */
export async function pictured(
  page: Page,
  folder: string,
  name: string,
  { whole = true } = {},
): Promise<void> {
  const here = join(process.env.STORES_SCREENSHOTS ?? "screenshots", folder);
  await mkdir(here, { recursive: true });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await allImagesShown(page);
    await page.screenshot({
      path: join(here, `${name}-${width}.jpg`),
      type: "jpeg",
      quality: 80,
      fullPage: whole,
      animations: "disabled",
    });
    await expectSound(page, expect.soft);
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
