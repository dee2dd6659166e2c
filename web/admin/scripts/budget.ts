// The first screen's JavaScript, compressed: the entry, the words of one language and the sign-in page, with
// everything they import, may be 200 kB and no more.

import { readFile, rm } from "node:fs/promises";
import { gzipSync } from "node:zlib";

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
}

const BUDGET_BYTES = 200_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = new URL(".vite/", dist);
const chunks: Record<string, Chunk> = JSON.parse(await readFile(new URL("manifest.json", manifest), "utf8"));
const isFirst = (name: string) => name === "src/locales/pt.ts" || name.startsWith("src/routes/sign-in.tsx");

const files = new Set<string>();
const visit = (name: string) => {
  const chunk = chunks[name];
  if (chunk && !files.has(chunk.file)) {
    files.add(chunk.file);
    chunk.imports?.forEach(visit);
  }
};
const first = Object.keys(chunks).filter((name) => chunks[name]?.isEntry || isFirst(name));
if (first.length < 3) {
  throw new Error(`the first screen is not whole: ${first.join(", ")}`);
}
first.forEach(visit);

let total = 0;
for (const file of files) {
  total += gzipSync(await readFile(new URL(file, dist))).length;
}
// Nobody needs it once it was read here.
await rm(manifest, { recursive: true });
console.log(
  `first screen: ${total} of ${BUDGET_BYTES} bytes of compressed JavaScript in ${files.size} files`,
);
if (total > BUDGET_BYTES) {
  process.exit(1);
}
