import { gunzipSync } from "node:zlib";
import { chromium, type Locator } from "@playwright/test";
import { DEMO } from "../support/demo.ts";
import { signIn } from "../support/page.ts";
import { panel } from "../support/platform.ts";
import { get } from "./requests.ts";
import { atMost, type Row } from "./table.ts";

const SCRIPT_KB = 36;
const STYLE_KB = 25;
const FIRST_SCREEN_KB = 200;
const DASHBOARD_KB = 250;

/** What a page's scripts and styles weigh as they travel, in thousands of bytes. */
export async function weights(name: string, address: string): Promise<Row[]> {
  const html = gunzipSync((await get(address)).body).toString();
  const found = (pattern: RegExp) =>
    [...html.matchAll(pattern)].map(([, path]) => new URL(path ?? "", address).href);
  const weigh = async (addresses: string[]) => {
    const answers = await Promise.all(addresses.map(get));
    return answers.reduce((all, { body }) => all + body.length, 0) / 1_000;
  };
  const scripts = await weigh(found(/<script[^>]* src="([^"]+)"/g));
  const styles = await weigh(found(/<link rel="stylesheet" href="([^"]+)"/g));
  return [
    atMost(`${name}: JavaScript`, scripts, SCRIPT_KB, "kB", 1),
    atMost(`${name}: CSS`, styles, STYLE_KB, "kB", 1),
  ];
}

/** What the panel loads before somebody can sign in, and until the dashboard with its chart stands. */
export async function panelWeights(): Promise<Row[]> {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--disable-gpu"] });
  const page = await browser.newPage({ locale: "pt-PT" });
  const sizes: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    if (request.resourceType() === "script") {
      sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
    }
  });
  // A connection stays open for news, so the network is never idle: what is seen says that it is loaded.
  const loaded = async (seen: Locator) => {
    await seen.first().waitFor();
    return (await Promise.all(sizes)).reduce((all, one) => all + one, 0) / 1_000;
  };
  await page.goto(panel("/", DEMO.slug));
  const first = await loaded(page.getByRole("heading", { level: 1 }));
  await signIn(page, DEMO.email, DEMO.password);
  const dashboard = await loaded(page.locator(".bars[role=img]"));
  await browser.close();
  return [
    atMost("panel, first screen: JavaScript", first, FIRST_SCREEN_KB, "kB", 1),
    atMost("panel, up to the dashboard: JavaScript", dashboard, DASHBOARD_KB, "kB", 1),
  ];
}
