// What is loaded until somebody can sign in, and until the dashboard stands with its chart: the entry, the words
// of one language and the pages, with everything they import. Compressed, neither may weigh more than this.

import { readFile, rm } from "node:fs/promises";
import { gzipSync } from "node:zlib";

interface Chunk {
  file: string;
  isEntry?: boolean;
  imports?: string[];
}

const dist = new URL("../dist/", import.meta.url);
const manifest = new URL(".vite/", dist);
const chunks: Record<string, Chunk> = JSON.parse(await readFile(new URL("manifest.json", manifest), "utf8"));

const signIn = [entry(), "src/locales/pt.ts", page("sign-in")];
const dashboard = [...signIn, page("_app"), page("_app/index")];
const isWithin = [
  await weigh("first screen", signIn, 195_000),
  await weigh("up to the dashboard", dashboard, 235_000),
];
// Nobody needs it once it was read here.
await rm(manifest, { recursive: true });
if (isWithin.includes(false)) {
  process.exit(1);
}

function entry(): string {
  return Object.keys(chunks).find((name) => chunks[name]?.isEntry) ?? "";
}

/** The half of a route that is loaded when it is shown. */
function page(route: string): string {
  return `src/routes/${route}.tsx?tsr-split=component`;
}

async function weigh(what: string, names: string[], budget: number): Promise<boolean> {
  const files = new Set<string>();
  const visit = (name: string) => {
    const chunk = chunks[name];
    if (!chunk) {
      throw new Error(`${what} is not whole: the build has no ${name}`);
    }
    if (!files.has(chunk.file)) {
      files.add(chunk.file);
      chunk.imports?.forEach(visit);
    }
  };
  names.forEach(visit);
  let total = 0;
  for (const file of files) {
    total += gzipSync(await readFile(new URL(file, dist))).length;
  }
  console.log(`${what}: ${total} of ${budget} bytes of compressed JavaScript in ${files.size} files`);
  return total <= budget;
}
