import { chromium } from "@playwright/test";
import lighthouse from "lighthouse";
import { median, type Row, told } from "./table.ts";

const RUNS = 5;
/** Of Lighthouse's four marks, in its order. */
const BARS = { performance: 98, accessibility: 100, "best-practices": 100, seo: 100 };
const SHIFT = 0.01;
const PORT = 9_333;

/** Lighthouse's marks of a page as a phone sees it, each the median of five. */
export async function marks(name: string, address: string): Promise<Row[]> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--disable-gpu", `--remote-debugging-port=${PORT}`],
  });
  const given = new Map<string, number[]>();
  const note = (what: string, value: number) => given.set(what, [...(given.get(what) ?? []), value]);
  for (let run = 0; run < RUNS; run += 1) {
    const result = await lighthouse(address, {
      port: PORT,
      logLevel: "error",
      onlyCategories: Object.keys(BARS),
    });
    for (const [what, { score }] of Object.entries(result?.lhr.categories ?? {})) {
      note(what, (score ?? 0) * 100);
    }
    note("shift", result?.lhr.audits["cumulative-layout-shift"]?.numericValue ?? Number.NaN);
    note("paint", result?.lhr.audits["largest-contentful-paint"]?.numericValue ?? Number.NaN);
  }
  await browser.close();
  const of = (what: string) => median(given.get(what) ?? []);
  const mark = ([what, bar]: [string, number]): Row => ({
    what: `${name}: Lighthouse, ${what}`,
    value: of(what).toFixed(0),
    bar: `at least ${bar}`,
    holds: of(what) >= bar,
  });
  return [
    ...Object.entries(BARS).map(mark),
    {
      what: `${name}: layout shift`,
      value: of("shift").toFixed(3),
      bar: `under ${SHIFT}`,
      holds: of("shift") < SHIFT,
    },
    told(`${name}: largest paint`, of("paint"), "ms"),
  ];
}
