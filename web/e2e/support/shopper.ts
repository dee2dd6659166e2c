import { expect, type Page } from "@playwright/test";
import { at, unique } from "./platform.ts";
import type { Shop } from "./watched.ts";

export const ADDRESS = {
  "Nome e apelido": "Ana Silva",
  "Rua, número e andar": "Rua do Ouro 1",
  "Código postal": "1100-148",
  Localidade: "Lisboa",
};

/** Puts one piece of the plain product into the cart, from its page. */
export async function wantOne(page: Page, shop: Shop): Promise<void> {
  await page.goto(at(`/products/${shop.goods[0].slug}`, shop.slug));
  await page.getByRole("button", { name: "Adicionar ao carrinho" }).click();
  const drawer = page.getByRole("dialog", { name: "Carrinho" });
  await expect(drawer.getByText(shop.goods[0].title).first()).toBeVisible();
}

/** Fills the checkout and places the order; answers the address that it was placed with. */
export async function order(page: Page, method: string, { clicks = 1 } = {}): Promise<string> {
  const email = `${unique("ana")}@example.pt`;
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  for (const [label, text] of Object.entries(ADDRESS)) {
    await page.getByLabel(label, { exact: true }).first().fill(text);
  }
  await page.getByRole("radio", { name: method }).check();
  await page.getByLabel(/^Li e aceito/).check();
  await page
    .getByRole("button", { name: /^Encomendar com obrigação de pagar/ })
    .click({ clickCount: clicks });
  await expect(page).toHaveURL(/\/checkout\/pay$/);
  return email;
}

/** From the shelf to the payment's form. */
export async function comeToPay(page: Page, shop: Shop, method: string): Promise<string> {
  await wantOne(page, shop);
  await page.getByRole("dialog").getByRole("link", { name: "Finalizar compra" }).click();
  return order(page, method);
}

/** Chooses how the simulated payment goes, and pays. */
export async function pay(page: Page, outcome: string): Promise<void> {
  await page.getByRole("combobox", { name: "Payment method" }).selectOption(outcome);
  await page.getByRole("button", { name: /^Pagar/ }).click();
}

export async function expectPaid(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1, name: "Obrigado pela sua encomenda!" })).toBeVisible();
  await expect(page.locator(".steps .is-done", { hasText: "Paga" })).toBeVisible();
}
