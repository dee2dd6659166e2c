import { spawn } from "node:child_process";
import { cp, mkdtemp, readlink, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, until } from "./door.ts";
import { at } from "./platform.ts";
import { processOf } from "./process.ts";

export interface OwnStorefront {
  pid: number;
  /** An address of a store at this storefront. */
  at: (path: string, slug: string) => string;
  /** A copy of the themes that nobody else reads. */
  themes: string;
  /** What it has said so far. */
  log: () => string;
  close: () => Promise<void>;
}

/** A second storefront in front of the same services, with themes that a test may break, and settings of its own. */
export async function ownStorefront(settings: Record<string, string> = {}): Promise<OwnStorefront> {
  const folder = await mkdtemp(join(tmpdir(), "themes-"));
  const themes = join(folder, "themes");
  await cp(process.env.THEMES_DIR ?? "", themes, { recursive: true });
  const program = await readlink(`/proc/${await processOf("stores-storefront")}/exe`);
  const port = await freePort();
  const child = spawn(program, {
    env: { ...process.env, ...settings, THEMES_DIR: themes, STOREFRONT_PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      said += part;
    });
  }
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  await until("a storefront of its own", async () => {
    const url = new URL(`http://127.0.0.1:${port}/internal/ready`);
    const { status } = await ask({ url }).catch(() => ({ status: 0 }));
    return status === 200 || undefined;
  });
  return {
    pid: child.pid ?? 0,
    at: (path, slug) => Object.assign(new URL(at(path, slug)), { port: String(port) }).href,
    themes,
    log: () => said,
    close: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
