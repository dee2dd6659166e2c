import { readdir } from "node:fs/promises";
import { ask, type Door, door, expected, until } from "./door.ts";
import { at } from "./platform.ts";

export const DEMO = { slug: "demo", email: "owner@demo.example", password: "demo-store-owner" };

export async function demoOwner(): Promise<Door> {
  const login = { email: DEMO.email, password: DEMO.password };
  const { access_token } = await expected(200, door(DEMO.slug)("POST", "/api/auth/login", login));
  return door(DEMO.slug, { authorization: `Bearer ${access_token}` });
}

/** The themes of the platform under test. */
export async function themes(): Promise<string[]> {
  const folders = await readdir(process.env.THEMES_DIR ?? "", { withFileTypes: true });
  return folders
    .filter((one) => one.isDirectory() && one.name !== "base")
    .map(({ name }) => name)
    .sort();
}

/** Shows the demo store in a theme, and answers the look that it had. */
export async function dress(owner: Door, template: string): Promise<string> {
  const path = "/api/tenants/admin/theme";
  const before = await expected(200, owner("GET", path));
  if (before.template === template && before.is_published) {
    return template;
  }
  const look = { template, sections: null, tokens: {} };
  const match = (version: number) => ({ "if-match": `"${version}"` });
  const draft = await expected(200, owner("PUT", path, look, match(before.version)));
  const old = await stylesheet();
  await expected(200, owner("POST", `${path}/publish`, undefined, match(draft.version)));
  await until(`the demo store in ${template}`, async () => (await stylesheet()) !== old || undefined);
  return before.template;
}

/** What the shop's pages are coloured and laid out by. */
async function stylesheet(): Promise<string> {
  const { body } = await ask({ url: new URL(at("/", DEMO.slug)) });
  const [sheet] = String(body).match(/<style>.*?<\/style>\s*<link rel="stylesheet"[^>]*>/s) ?? [""];
  return sheet;
}

export interface Goods {
  plain: string;
  options: string;
  sale: string;
  gone: string;
  category: string;
}

/** One product of each kind that looks different, by slug. */
export async function demoGoods(): Promise<Goods> {
  const shop = door(DEMO.slug);
  const { items } = await expected(200, shop("GET", "/api/catalog/store/products?limit=100"));
  const { items: categories } = await expected(200, shop("GET", "/api/catalog/store/categories"));
  // biome-ignore lint/suspicious/noExplicitAny: tests read what the API's own tests check
  const first = (what: string, is: (product: any) => boolean): string => {
    const found = items.find(is);
    if (!found) {
      throw new Error(`the demo store has nothing ${what}`);
    }
    return found.slug;
  };
  return {
    plain: first("plain", (one) => one.in_stock && !one.compare_at),
    options: first("with options", (one) => one.in_stock && one.variant_count > 1),
    sale: first("reduced", (one) => one.in_stock && one.compare_at),
    gone: first("sold out", (one) => !one.in_stock),
    category: categories[0].slug,
  };
}
