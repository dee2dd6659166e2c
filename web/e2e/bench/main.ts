// The bars of the shops' pages and of the panel over a running platform: `make bench-web`. Figures are of the
// demo store. Machines differ and are noisy: compare ratios within one run, never bare times of two.
import { DEMO, demoGoods } from "../support/demo.ts";
import { at } from "../support/platform.ts";
import { ownStorefront } from "../support/storefront.ts";
import { marks } from "./lighthouse.ts";
import { cached, edit, memory, slow, uncached } from "./speed.ts";
import { print, type Row, told } from "./table.ts";
import { panelWeights, weights } from "./weights.ts";

const goods = await demoGoods();
const pages: [string, string][] = [
  ["home", "/"],
  ["category", `/categories/${goods.category}`],
  ["product", `/products/${goods.options}`],
];
const rows: Row[] = [told("bars of processor time are taken so many times", slow, "×", 2)];
// Also of what was measured before something failed.
process.on("exit", () => {
  console.log("");
  print(rows);
});

// Storefronts of its own: one is measured from its first request on, the other keeps nothing.
const fresh = await ownStorefront();
rows.push(...(await memory(fresh, goods)));
for (const [name, path] of pages) {
  rows.push(...(await cached(name, fresh.at(path, DEMO.slug), fresh)));
}
rows.push(...(await edit(fresh, goods)));
await fresh.close();

const forgetful = await ownStorefront({ STOREFRONT_CACHE_MB: "0" });
for (const [name, path] of pages) {
  rows.push(...(await uncached(name, forgetful.at(path, DEMO.slug), forgetful)));
}
await forgetful.close();

for (const [name, path] of pages) {
  rows.push(...(await weights(name, at(path, DEMO.slug))));
}
rows.push(...(await panelWeights()));
for (const [name, path] of pages) {
  rows.push(...(await marks(name, at(path, DEMO.slug))));
}
if (rows.some(({ holds }) => holds === false)) {
  process.exitCode = 1;
}
