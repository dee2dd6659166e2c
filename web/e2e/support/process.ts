import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The process of a part of the platform under test, as its supervisor wrote it down. */
export async function processOf(part: string): Promise<number> {
  const folder = process.env.STORES_RUN_DIR;
  if (!folder) {
    throw new Error("STORES_RUN_DIR is not set: source the env file of the running platform first");
  }
  return Number(await readFile(join(folder, "pids", `${part}.child`), "utf8"));
}

/** Holds a part while something is done: it neither answers nor ends. */
export async function whileHeld(part: string, act: () => Promise<void>): Promise<void> {
  const pid = await processOf(part);
  process.kill(pid, "SIGSTOP");
  try {
    await act();
  } finally {
    process.kill(pid, "SIGCONT");
  }
}
