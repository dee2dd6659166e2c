import { gunzipSync } from "node:zlib";
import { DEMO, demoOwner, type Goods } from "../support/demo.ts";
import { expected, until } from "../support/door.ts";
import type { OwnStorefront } from "../support/storefront.ts";
import { cpuOf, memoryOf, services } from "./processes.ts";
import { crowd, get, slowness, storm } from "./requests.ts";
import { atMost, median, type Row, told } from "./table.ts";

const AT_ONCE = 8;
const CACHED = 100_000;
const UNCACHED = 2_000;
const SAMPLES = 200;
const PAGES = 10_000;
const EDITS = 20;
/** Bars of processor time are taken so many times: they were set on a machine of a speed of its own. */
export const slow = await slowness();

/** What pages cost that are in memory, and how soon they come. */
export async function cached(name: string, address: string, { pid }: OwnStorefront): Promise<Row[]> {
  await get(address);
  const used = await cpuDuring([pid], () => storm(address, CACHED));
  return [
    atMost(`${name}, cached: first byte`, await firstByte(address), 3, "ms", 2),
    // Milliseconds a page are seconds a thousand.
    atMost(`${name}, cached: CPU per 1,000`, (used / CACHED) * 1_000, 30 * slow, "ms", 1),
  ];
}

/** The same where nothing is kept: of the storefront alone, and with the services that it asks. */
export async function uncached(name: string, address: string, { pid }: OwnStorefront): Promise<Row[]> {
  await storm(address, SAMPLES);
  const behind = await services();
  const before = await cpuOf(behind);
  const own = await cpuDuring([pid], () => storm(address, UNCACHED));
  const all = own + (await cpuOf(behind)) - before;
  const each = (used: number) => (used / UNCACHED) * 1_000;
  const row = name === "product" ? atMost : undefined;
  const cost = (what: string, used: number, most: number) =>
    row ? row(what, each(used), most, "ms") : told(what, each(used), "ms");
  return [
    atMost(`${name}, uncached: first byte`, await firstByte(address), 15, "ms", 2),
    cost(`${name}, uncached: CPU per 1,000, storefront`, own, 600 * slow),
    cost(`${name}, uncached: CPU per 1,000, with the services`, all, 1_200 * slow),
  ];
}

/** Memory before anybody came, and with ten thousand pages kept. */
export async function memory({ pid, at }: OwnStorefront, { category }: Goods): Promise<Row[]> {
  const idle = await memoryOf(pid);
  const addresses = Array.from({ length: PAGES }, (_, n) =>
    at(`/categories/${category}?price_max=${n + 1}`, DEMO.slug),
  );
  await crowd(addresses, AT_ONCE);
  return [
    atMost("memory, idle", idle, 30, "MB", 1),
    atMost("memory, 10,000 pages kept", await memoryOf(pid), 150, "MB", 1),
  ];
}

/** How soon after a saved edit the page shows it. */
export async function edit({ at }: OwnStorefront, { category }: Goods): Promise<Row[]> {
  const owner = await demoOwner();
  const page = at(`/categories/${category}`, DEMO.slug);
  const { items } = await expected(200, owner("GET", "/api/catalog/admin/categories"));
  const { id, name } = items.find(({ slug }: { slug: string }) => slug === category);
  const rename = async (next: string) => {
    const path = `/api/catalog/admin/categories/${id}`;
    const { version, id: _, ...body } = await expected(200, owner("GET", path));
    await expected(200, owner("PUT", path, { ...body, name: next }, { "if-match": `"${version}"` }));
  };
  const waits: number[] = [];
  for (let n = 1; n <= EDITS; n += 1) {
    await get(page);
    await rename(`${name} ${n}`);
    const began = performance.now();
    await until("the edit", async () =>
      (await text(page)).includes(`${name} ${n}</h1>`) ? true : undefined,
    );
    waits.push(performance.now() - began);
  }
  await rename(name);
  return [atMost(`an edit is seen after, slowest of ${EDITS}`, Math.max(...waits), 1_000, "ms")];
}

async function text(address: string): Promise<string> {
  return gunzipSync((await get(address)).body).toString();
}

async function firstByte(address: string): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < SAMPLES; n += 1) {
    times.push((await get(address)).firstByte);
  }
  return median(times);
}

async function cpuDuring(pids: number[], act: () => Promise<void>): Promise<number> {
  const before = await cpuOf(pids);
  await act();
  return (await cpuOf(pids)) - before;
}
