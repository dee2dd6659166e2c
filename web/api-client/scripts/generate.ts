// Writes the types of every service's OpenAPI document, read from a running platform:
//   STORES_URL=http://store.localhost:8080 npm run generate
// With --check nothing is written, and the answer is 1 when what is committed is stale.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { get as getPlain } from "node:http";
import { get as getSecure } from "node:https";
import openapiTS, { astToString } from "openapi-typescript";

const SERVICES = ["tenants", "catalog", "orders", "payments", "invoicing", "mail", "migration"];
const HEAD =
  "// Generated from the service's OpenAPI document by `npm run generate`. Not edited by hand.\n\n";
const folder = new URL("../src/generated/", import.meta.url);
const base = new URL(process.env.STORES_URL ?? "http://store.localhost:8080");
// Browsers know that *.localhost is this machine; the resolver that Node asks often does not.
if (base.hostname.endsWith(".localhost")) {
  base.hostname = "127.0.0.1";
}
const isCheck = process.argv.includes("--check");

async function typesOf(service: string): Promise<string> {
  const document = await read(new URL(`/api/${service}/openapi.json`, base));
  return HEAD + astToString(await openapiTS(document, { alphabetize: true }));
}

/** Not by fetch, which refuses some ports that a platform on a developer's machine may have. */
function read(url: URL): Promise<string> {
  const get = url.protocol === "https:" ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    const request = get(url, async (response) => {
      const text = (await response.setEncoding("utf8").toArray()).join("");
      if (response.statusCode === 200) {
        resolve(text);
      } else {
        reject(new Error(`${url} answered ${response.statusCode}; is the platform of STORES_URL running?`));
      }
    });
    request.on("error", reject);
  });
}

const stale: string[] = [];
await mkdir(folder, { recursive: true });
for (const service of SERVICES) {
  const file = new URL(`${service}.ts`, folder);
  const wanted = await typesOf(service);
  const present = await readFile(file, "utf8").catch(() => "");
  if (present === wanted) {
    continue;
  }
  if (isCheck) {
    stale.push(service);
  } else {
    await writeFile(file, wanted);
    console.log(`${service}: written`);
  }
}
if (stale.length > 0) {
  console.error(`Stale: ${stale.join(", ")}. Run npm run generate and mend what no longer type-checks.`);
  process.exit(1);
}
