// The first screen's JavaScript, compressed: what index.html loads at once may be 200 kB, no more.

import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 200_000;
const dist = new URL("../dist/", import.meta.url);
const page = await readFile(new URL("index.html", dist), "utf8");
const files = [...page.matchAll(/(?:src|href)="\/admin\/([^"]+\.js)"/g)].map((match) => match[1] ?? "");
let total = 0;
for (const file of files) {
  const size = gzipSync(await readFile(new URL(file, dist))).length;
  total += size;
  console.log(`${String(size).padStart(8)}  ${file}`);
}
console.log(`${String(total).padStart(8)}  of ${BUDGET_BYTES} bytes compressed before the first route`);
if (total > BUDGET_BYTES) {
  process.exit(1);
}
