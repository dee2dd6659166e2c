import { execFile } from "node:child_process";
import { Agent, request } from "node:http";
import { promisify } from "node:util";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export interface Answer {
  body: Buffer;
  /** Milliseconds until the first byte. */
  firstByte: number;
}

/** Asks as a browser does, compressed; anything but 200 is a fault of the measurement. */
export function get(address: string): Promise<Answer> {
  const url = new URL(address);
  const headers = { host: url.host, "accept-encoding": "gzip" };
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const asked = request(
      { agent, host: "127.0.0.1", port: url.port, path: url.pathname + url.search, headers },
      async (response) => {
        const firstByte = performance.now() - began;
        const body = Buffer.concat(await response.toArray());
        if (response.statusCode === 200) {
          resolve({ body, firstByte });
        } else {
          reject(new Error(`${address} answered ${response.statusCode}`));
        }
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

/**
 * One address so many times, as fast as it is answered. Asked by a program of the platform's own bench: this one is
 * slower than the storefront, which would sleep and wake between two questions.
 */
export async function storm(address: string, times: number): Promise<void> {
  const { port, host, pathname, search } = new URL(address);
  await bench("ask", port, host, pathname + search, String(times));
}

/** How many times as long as where the bars were set this machine takes for the same work. */
export async function slowness(): Promise<number> {
  return Number(await bench("slowness"));
}

async function bench(...words: string[]): Promise<string> {
  const program = process.env.BENCH_PROGRAM;
  if (!program) {
    throw new Error("BENCH_PROGRAM is not set: `make bench-web` builds it");
  }
  return (await promisify(execFile)(program, words)).stdout;
}

/** All addresses, so many at once. */
export async function crowd(addresses: string[], atOnce: number): Promise<void> {
  const left = addresses[Symbol.iterator]();
  const shopper = async () => {
    for (const address of left) {
      await get(address);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, shopper));
}
