import type { Page } from "@playwright/test";
import { becomeCustomer, type Customer, signInAsCustomer } from "../support/customer.ts";
import { DEMO, demoGoods, demoOwner, dress, type Goods, themes } from "../support/demo.ts";
import { pictured } from "../support/pictures.ts";
import { at } from "../support/platform.ts";
import { expectPaid, order, pay } from "../support/shopper.ts";
import { LEGAL } from "../support/sound.ts";
import { connectStripe } from "../support/stripe.ts";
import { expect, test } from "../support/watched.ts";

let goods: Goods;
let customer: Customer;
let worn: string | undefined;

const show = (page: Page, path: string) => page.goto(at(path, DEMO.slug));

test.beforeAll(async ({ browser }) => {
  await connectStripe(DEMO.slug, await demoOwner());
  goods = await demoGoods();
  const page = await browser.newPage({ locale: "pt-PT" });
  customer = await becomeCustomer(page, DEMO.slug);
  await take(page, goods.plain);
  await show(page, "/checkout");
  await expect(page.getByRole("radio", { name: /^Rita Sousa/ })).toBeChecked();
  await page.getByRole("radio", { name: "Cartão" }).check();
  await page.getByLabel(/^Li e aceito/).check();
  await page.getByRole("button", { name: /^Encomendar com obrigação de pagar/ }).click();
  await pay(page, "Card: pays");
  await expectPaid(page);
  await page.close();
});

test.afterAll(async () => {
  if (worn) {
    await dress(await demoOwner(), worn);
  }
});

for (const theme of await themes()) {
  test(`${theme}: every page`, async ({ page }) => {
    const before = await dress(await demoOwner(), theme);
    worn ??= before;
    await lookAround(page, theme);
    await buy(page, theme);
    await withdraw(page, theme);
    await beCustomer(page, theme);
  });
}

/** Everything that a visitor can look at without buying. */
async function lookAround(page: Page, theme: string): Promise<void> {
  const places: [string, string][] = [
    ["home", "/"],
    ["home-en", "/en/"],
    ["category", `/categories/${goods.category}`],
    ["search", "/search?q=mochila"],
    ["search-nothing", "/search?q=zzzz"],
    ["product", `/products/${goods.plain}`],
    ["product-options", `/products/${goods.options}`],
    ["product-sale", `/products/${goods.sale}`],
    ["product-gone", `/products/${goods.gone}`],
    ["cart-empty", "/cart"],
    ["account-sign-in", "/account/sign-in"],
    ["account-register", "/account/register"],
    ["account-forgot", "/account/forgot"],
    ["missing", "/nada"],
    ...LEGAL.map((name): [string, string] => [`legal-${name}`, `/${name}`]),
  ];
  for (const [name, path] of places) {
    await show(page, path);
    await pictured(page, theme, name);
  }
}

/** Puts a product into the cart from its page; what was put there lies over the page then. */
async function take(page: Page, slug: string): Promise<void> {
  await show(page, `/products/${slug}`);
  await page
    .getByRole("button", { name: /^Adicionar/ })
    .first()
    .click();
  await expect(page.getByRole("dialog", { name: "Carrinho" })).toBeVisible();
}

async function buy(page: Page, theme: string): Promise<void> {
  await take(page, goods.sale);
  await take(page, goods.options);
  await pictured(page, theme, "cart-drawer", { whole: false });
  await show(page, "/cart");
  await pictured(page, theme, "cart");
  await show(page, "/checkout");
  await pictured(page, theme, "checkout");
  await page.getByRole("button", { name: /^Encomendar/ }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await pictured(page, theme, "checkout-errors");
  await order(page, "Cartão");
  await expect(page.getByRole("button", { name: /^Pagar/ })).toBeEnabled();
  await pictured(page, theme, "checkout-pay");
  await pay(page, "Card: pays");
  await expectPaid(page);
  await pictured(page, theme, "order-thanks");
}

/** Gives the order back that is on the page. */
async function withdraw(page: Page, theme: string): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "Desistir da compra aqui" }).first().click();
  await page.getByLabel("Nome e apelido").fill("Ana Silva");
  await pictured(page, theme, "withdrawal");
  await page.getByRole("button", { name: "Continuar" }).click();
  const confirm = page.getByRole("button", { name: "Confirmar livre resolução" });
  await expect(confirm).toBeVisible();
  await pictured(page, theme, "withdrawal-confirm");
  await confirm.click();
  await expect(page.getByRole("heading", { level: 1, name: "Declaração recebida" })).toBeVisible();
  await pictured(page, theme, "withdrawal-receipt");
}

async function beCustomer(page: Page, theme: string): Promise<void> {
  await signInAsCustomer(page, DEMO.slug, customer);
  for (const place of ["", "/profile", "/addresses", "/data"]) {
    await show(page, `/account${place}`);
    await pictured(page, theme, `account${place.replace("/", "-")}`);
  }
  await show(page, "/account");
  await page
    .getByRole("link", { name: /^Encomenda / })
    .first()
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "A sua encomenda" })).toBeVisible();
  await pictured(page, theme, "account-order");
}
