import { DEMO, demoGoods, demoOwner, dress, type Goods, themes } from "../support/demo.ts";
import { pictured } from "../support/pictures.ts";
import { at } from "../support/platform.ts";
import { expectPaid, order, pay } from "../support/shopper.ts";
import { connectStripe } from "../support/stripe.ts";
import { expect, test } from "../support/watched.ts";

let goods: Goods;
let worn: string;

test.beforeAll(async () => {
  const owner = await demoOwner();
  await connectStripe(DEMO.slug, owner);
  goods = await demoGoods();
});

test.afterAll(async () => {
  await dress(await demoOwner(), worn);
});

for (const theme of await themes()) {
  test(`${theme}: every page`, async ({ page }) => {
    const before = await dress(await demoOwner(), theme);
    worn ??= before;
    const show = (path: string) => page.goto(at(path, DEMO.slug));
    const places: [string, string][] = [
      ["home", "/"],
      ["home-en", "/en/"],
      ["category", `/categories/${goods.category}`],
      ["search", "/search?q=mochila"],
      ["search-nothing", "/search?q=zzzz"],
      ["product", `/products/${goods.plain}`],
      ["product-sale", `/products/${goods.sale}`],
      ["product-gone", `/products/${goods.gone}`],
      ["cart-empty", "/cart"],
      ["sign-in", "/account/sign-in"],
      ["register", "/account/register"],
      ["withdrawal", "/withdrawal"],
      ["terms", "/terms"],
      ["missing", "/nada"],
    ];
    for (const [name, path] of places) {
      await show(path);
      await pictured(page, theme, name);
    }
    await show(`/products/${goods.options}`);
    await pictured(page, theme, "product-options");
    await page.getByRole("button", { name: "Adicionar ao carrinho" }).first().click();
    await expect(page.getByRole("dialog", { name: "Carrinho" })).toBeVisible();
    await pictured(page, theme, "drawer");
    await show("/cart");
    await pictured(page, theme, "cart");
    await show("/checkout");
    await page.getByRole("button", { name: /^Encomendar/ }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await pictured(page, theme, "checkout");
    await order(page, "Cartão");
    await expect(page.getByRole("button", { name: /^Pagar/ })).toBeEnabled();
    await pictured(page, theme, "pay");
    await pay(page, "Card: pays");
    await expectPaid(page);
    await pictured(page, theme, "order");
  });
}
