import { ask, type Door, door, expected, until } from "./door.ts";
import { picture } from "./picture.ts";
import { unique } from "./platform.ts";

export interface Good {
  title: string;
  vendor: string;
  /** A name of the categories that the store has. */
  category: string;
  /** In cents. */
  price: number;
  compareAt?: number;
  option?: { name: string; values: string[] };
  tags?: string[];
  text: string;
  /** Pieces of the first variant; each further one has as many as this says. */
  stock: [number, ...number[]];
  images: Buffer[];
  alt: string;
}

export interface Shelved {
  id: string;
  slug: string;
  title: string;
  variants: { id: string; sku: string }[];
}

const COLORS: [number, number, number][] = [
  [196, 164, 132],
  [132, 164, 150],
  [120, 130, 170],
];

/** Three products in two categories: a plain one, one with sizes of which one is gone, a reduced one. */
export function someGoods(): Good[] {
  const images = COLORS.map((color) => picture(480, 600, color));
  const good = (at: number): Pick<Good, "images" | "alt"> => ({
    images: images.slice(at, at + 2),
    alt: "Uma superfície de uma só cor",
  });
  return [
    {
      title: "Jarra de grés",
      vendor: "Olaria",
      category: "Mesa",
      price: 3_490,
      text: "<p>Feita à mão, vidrada por dentro.</p>",
      stock: [20],
      ...good(0),
    },
    {
      title: "Manta de lã",
      vendor: "Serra",
      category: "Casa",
      price: 8_900,
      option: { name: "Tamanho", values: ["Pequena", "Média", "Grande"] },
      tags: ["lã"],
      text: "<p>Lã da serra, tecida em tear.</p>",
      stock: [3, 20, 0],
      ...good(1),
    },
    {
      title: "Caneca azul",
      vendor: "Olaria",
      category: "Mesa",
      price: 1_200,
      compareAt: 1_500,
      text: "<p>Vai à máquina.</p>",
      stock: [20],
      ...good(2),
    },
  ];
}

/** Puts goods on the shelves of a store and waits until shoppers find them there. */
export async function shelve(slug: string, owner: Door, goods: Good[]): Promise<Shelved[]> {
  const categories = new Map<string, string>();
  for (const name of new Set(goods.map((good) => good.category))) {
    const body = { name, description_html: `<p>Tudo o que temos de ${name}.</p>`, position: categories.size };
    categories.set(name, (await keyed(owner, "/api/catalog/admin/categories", body)).id);
  }
  const shelved: Shelved[] = [];
  for (const good of goods) {
    shelved.push(await shelveOne(owner, good, categories.get(good.category) ?? ""));
  }
  const shop = door(slug);
  for (const [at, good] of goods.entries()) {
    await until(`${good.title} being in stock`, async () => {
      const { body } = await shop("GET", `/api/catalog/store/products/${shelved[at]?.slug}`);
      const isThere = body.variants?.map((variant: { in_stock: boolean }) => variant.in_stock);
      return isThere?.join() === good.stock.map((pieces) => pieces > 0).join() || undefined;
    });
  }
  return shelved;
}

function keyed(owner: Door, path: string, body: unknown) {
  return expected(201, owner("POST", path, body, { "idempotency-key": unique("k") }));
}

async function shelveOne(owner: Door, good: Good, category: string): Promise<Shelved> {
  const images: { media_id: string; alt: string }[] = [];
  for (const image of good.images) {
    images.push({ media_id: await upload(owner, image), alt: good.alt });
  }
  const price = (amount: number) => ({ amount, currency: "EUR" });
  const sku = unique("SKU").toUpperCase();
  const body = {
    title: good.title,
    vendor: good.vendor,
    status: "active",
    description_html: good.text,
    tags: good.tags ?? [],
    category_ids: [category],
    images,
    options: good.option ? [good.option] : [],
    variants: good.stock.map((_, at) => ({
      sku: `${sku}-${at}`,
      option_values: good.option ? [good.option.values[at]] : [],
      price: price(good.price),
      compare_at: good.compareAt ? price(good.compareAt) : null,
      vat_class: "standard",
      weight_grams: 400,
    })),
  };
  const product: Shelved = await keyed(owner, "/api/catalog/admin/products", body);
  for (const [at, variant] of product.variants.entries()) {
    // The variant reaches orders by an event, a moment after it was saved.
    await until(`the stock of ${variant.sku} being set`, async () => {
      const level = { on_hand: good.stock[at], reason: "delivery" };
      const { status } = await owner("PUT", `/api/orders/admin/stock/${variant.id}`, level);
      return status === 200 || undefined;
    });
  }
  return product;
}

/** An image through a presigned address, as a browser uploads it. */
async function upload(owner: Door, png: Buffer): Promise<string> {
  const begun = await keyed(owner, "/api/catalog/admin/media", {
    content_type: "image/png",
    size: png.length,
  });
  const put = await ask({
    method: "PUT",
    url: new URL(begun.upload.url),
    headers: { "content-type": "image/png" },
    body: png,
  });
  if (put.status !== 200) {
    throw new Error(`the upload was refused: ${put.status}`);
  }
  return (await expected(200, owner("POST", `/api/catalog/admin/media/${begun.id}/complete`))).id;
}
