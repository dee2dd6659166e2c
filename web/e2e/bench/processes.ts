import { readdir, readFile } from "node:fs/promises";
import { processOf } from "../support/process.ts";

const SERVICES = ["tenants", "catalog", "orders", "payments", "invoicing", "mail", "migration"];

/** The services behind the storefront, each a process of its own. */
export function services(): Promise<number[]> {
  return Promise.all(SERVICES.map((name) => processOf(`stores-${name}`)));
}

/** Processor milliseconds that processes have used so far, of all their threads. Source: proc(5), `schedstat`. */
export async function cpuOf(pids: number[]): Promise<number> {
  const each = pids.map(async (pid) => {
    const threads = await readdir(`/proc/${pid}/task`);
    const used = threads.map(async (thread) => {
      const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8");
      return Number(text.split(" ")[0]);
    });
    return sum(await Promise.all(used));
  });
  return sum(await Promise.all(each)) / 1_000_000;
}

/** Megabytes of memory that a process has in use now. */
export async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(status.match(/^VmRSS:\s+(\d+)/m)?.[1]) / 1_024;
}

function sum(values: number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
