import type { FieldErrors } from "~/lib/draft.ts";
import { amountText, type ParsedAmount, parseAmount } from "~/lib/money.ts";
import type { ProductView, WriteProduct } from "./api.ts";
import type { Status } from "./search.ts";

export const VAT_CLASSES = ["standard", "intermediate", "reduced", "zero", "exempt"] as const;
export type VatClass = (typeof VAT_CLASSES)[number];

export interface OptionDraft {
  name: string;
  values: string[];
}

/** A variant as it is typed: amounts and weights are text until they are sent. */
export interface VariantDraft {
  id: string | null;
  sku: string;
  barcode: string;
  option_values: string[];
  price: string;
  compare_at: string;
  cost: string;
  weight_grams: string;
  vat_class: VatClass;
  exemption_code: string;
  active: boolean;
  track_stock: boolean;
  image_id: string | null;
}

export interface ProductDraft {
  title: string;
  slug: string;
  description_html: string;
  status: Status;
  vendor: string;
  tags: string[];
  seo_title: string;
  seo_description: string;
  options: OptionDraft[];
  variants: VariantDraft[];
  category_ids: string[];
  images: { media_id: string; alt: string }[];
}

export function newVariant(option_values: string[]): VariantDraft {
  return {
    id: null,
    sku: "",
    barcode: "",
    option_values,
    price: "",
    compare_at: "",
    cost: "",
    weight_grams: "",
    vat_class: "standard",
    exemption_code: "",
    active: true,
    track_stock: true,
    image_id: null,
  };
}

export function newProduct(): ProductDraft {
  return {
    title: "",
    slug: "",
    description_html: "",
    status: "draft",
    vendor: "",
    tags: [],
    seo_title: "",
    seo_description: "",
    options: [],
    variants: [newVariant([])],
    category_ids: [],
    images: [],
  };
}

export function draftOf(product: ProductView, language: string): ProductDraft {
  const text = (money: { amount: number; currency: string } | null | undefined) =>
    money ? amountText(money.amount, money.currency, language) : "";
  return {
    title: product.title,
    slug: product.slug,
    description_html: product.description_html,
    status: product.status,
    vendor: product.vendor,
    tags: product.tags,
    seo_title: product.seo_title,
    seo_description: product.seo_description,
    options: product.options,
    variants: product.variants.map((variant) => ({
      id: variant.id,
      sku: variant.sku,
      barcode: variant.barcode ?? "",
      option_values: variant.option_values,
      price: text(variant.price),
      compare_at: text(variant.compare_at),
      cost: text(variant.cost),
      weight_grams: variant.weight_grams === 0 ? "" : String(variant.weight_grams),
      vat_class: variant.vat_class,
      exemption_code: variant.exemption_code ?? "",
      active: variant.active,
      track_stock: variant.track_stock,
      image_id: variant.image_id ?? null,
    })),
    category_ids: product.category_ids,
    images: product.images.map(({ media_id, alt }) => ({ media_id, alt: alt ?? "" })),
  };
}

export type Checked = { ok: true; body: WriteProduct } | { ok: false; errors: FieldErrors };

/** What would be sent; or which fields cannot be read. Everything else the service decides. */
export function bodyOf(
  draft: ProductDraft,
  currency: string,
  say: (parsed: ParsedAmount) => string,
): Checked {
  const errors: FieldErrors = {};
  const amount = (text: string, pointer: string, isNeeded: boolean) => {
    const parsed = parseAmount(text, currency);
    if (parsed.ok) {
      return { amount: parsed.amount, currency };
    }
    if (isNeeded || parsed.reason !== "empty") {
      errors[pointer] = say(parsed);
    }
    return null;
  };
  const none = { amount: 0, currency };
  const variants = draft.variants.map((variant, at) => {
    const weight = variant.weight_grams.trim();
    if (!/^\d{0,7}$/.test(weight)) {
      errors[`/variants/${at}/weight_grams`] = say({ ok: false, reason: "not-a-number" });
    }
    return {
      id: variant.id,
      sku: variant.sku.trim(),
      barcode: variant.barcode.trim() || null,
      option_values: variant.option_values,
      price: amount(variant.price, `/variants/${at}/price`, true) ?? none,
      compare_at: amount(variant.compare_at, `/variants/${at}/compare_at`, false),
      cost: amount(variant.cost, `/variants/${at}/cost`, false),
      weight_grams: Number(weight || "0"),
      vat_class: variant.vat_class,
      exemption_code: variant.vat_class === "exempt" ? variant.exemption_code.trim() || null : null,
      active: variant.active,
      track_stock: variant.track_stock,
      image_id: draft.images.some((image) => image.media_id === variant.image_id) ? variant.image_id : null,
    };
  });
  if (Object.keys(errors).length > 0) {
    return { ok: false, errors };
  }
  return { ok: true, body: { ...draft, slug: draft.slug.trim() || null, variants } };
}

/** Every combination of the options' values, in their order; one of nothing when there are none. */
export function combinations(options: OptionDraft[]): string[][] {
  const filled = options.filter((option) => option.values.length > 0);
  return filled.reduce<string[][]>(
    (rows, option) => rows.flatMap((row) => option.values.map((value) => [...row, value])),
    [[]],
  );
}

/**
 * The variants that the options ask for. One that is there already keeps its identity, its price and its
 * stock; a new one begins like the first, with a SKU made of that one's.
 */
export function matrix(options: OptionDraft[], variants: VariantDraft[]): VariantDraft[] {
  const unused = new Set(variants);
  const first = variants[0] ?? newVariant([]);
  const take = (fits: (variant: VariantDraft) => boolean) => {
    const found = [...unused].find(fits);
    if (found) {
      unused.delete(found);
    }
    return found;
  };
  const rows = combinations(options);
  const same = rows.map((row) => take((variant) => isEqual(variant.option_values, row)));
  return rows.map((option_values, at) => {
    const kept = same[at] ?? take((variant) => isPart(variant.option_values, option_values));
    if (kept) {
      return { ...kept, option_values };
    }
    const sku = first.sku ? `${first.sku}-${option_values.map(codeOf).join("-")}` : "";
    return { ...first, id: null, barcode: "", image_id: null, sku, option_values };
  });
}

function isEqual(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}

/** Whether an option was added or taken away, and this is what the variant became. */
function isPart(before: string[], after: string[]): boolean {
  const [small, large] = before.length < after.length ? [before, after] : [after, before];
  return small.length !== large.length && small.every((value) => large.includes(value));
}

/** "Azul-marinho" → "AZU": enough to tell variants apart in a SKU. */
function codeOf(value: string): string {
  const plain = value.normalize("NFD").replace(/[^a-zA-Z0-9]/g, "");
  return plain.slice(0, 3).toUpperCase() || "X";
}

/** Whether a description is only paragraphs, which people edit as text; null when it holds more. */
export function plainText(html: string): string | null {
  const rest = html.replace(/<\/?p>|<br ?\/?>/g, "");
  if (/<[^>]*>/.test(rest)) {
    return null;
  }
  const text = html
    .replace(/<br ?\/?>/g, "\n")
    .replace(/<\/p>\s*<p>/g, "\n\n")
    .replace(/<\/?p>/g, "");
  const signs: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: "\u00a0", amp: "&" };
  return text.replace(/&(lt|gt|quot|#39|nbsp|amp);/g, (_, name: string) => signs[name] ?? "").trim();
}

export function htmlOf(text: string): string {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const paragraphs = escaped.split(/\n{2,}/).filter((part) => part.trim() !== "");
  return paragraphs.map((part) => `<p>${part.replace(/\n/g, "<br>")}</p>`).join("");
}
