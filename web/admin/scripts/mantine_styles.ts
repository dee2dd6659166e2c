import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

const list = new URL("../src/ui/mantine.css", import.meta.url);
/** What belongs to no part. */
const ALWAYS = ["baseline", "default-css-variables", "global"];

/** The build fails when a part of Mantine is shown whose styles are not in the list, or styled and never shown. */
export function mantineStyles(): Plugin {
  return {
    name: "mantine-styles",
    apply: "build",
    async generateBundle(_, bundle) {
      const shown = new Set(ALWAYS);
      for (const output of Object.values(bundle)) {
        const modules = output.type === "chunk" ? output.moduleIds : [];
        for (const id of modules) {
          const [, part] = id.match(/@mantine\/core\/.*\/(\w+)\.module\.mjs$/) ?? [];
          if (part) {
            shown.add(part);
          }
        }
      }
      const css = await readFile(list, "utf8");
      const styled = new Set([...css.matchAll(/styles\/([\w-]+)\.css/g)].map(([, part]) => part ?? ""));
      const missing = [...shown].filter((part) => !styled.has(part));
      const idle = [...styled].filter((part) => !shown.has(part));
      if (missing.length > 0 || idle.length > 0) {
        this.error(`src/ui/mantine.css: missing ${missing.join(", ")}; never shown ${idle.join(", ")}`);
      }
    },
  };
}
