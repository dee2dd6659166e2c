import { at } from "../support/platform.ts";
import { comeToPay, expectPaid, pay, wantOne } from "../support/shopper.ts";
import { lookAround, lookWhileBuying, WIDTHS } from "../support/sound.ts";
import { expect, test } from "../support/watched.ts";

test.use({ theme: "tactical" });

for (const width of WIDTHS) {
  test(`every page is sound, ${width} px wide`, async ({ page, shop }) => {
    await page.setViewportSize({ width, height: 844 });
    await lookAround(page, shop);
    await lookWhileBuying(page, shop);
  });
}

test("a card that succeeds pays the order", async ({ page, shop }) => {
  await comeToPay(page, shop, "Cartão");
  await pay(page, "Card: pays");
  await expectPaid(page);
  await expect(page.getByText(shop.goods[0].title)).toBeVisible();
});

test("a declined card is told, and a good one pays the same order", async ({ page, shop }) => {
  await comeToPay(page, shop, "Cartão");
  const number = await page.getByRole("heading", { level: 2, name: /^Encomenda/ }).textContent();
  await pay(page, "Card: declined");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page).toHaveURL(/\/checkout\/pay$/);
  await pay(page, "Card: pays");
  await expectPaid(page);
  await expect(page.getByRole("heading", { level: 2, name: number ?? "" })).toBeVisible();
});

test("a card that fails 3-D Secure pays nothing, one that passes does", async ({ page, shop }) => {
  await comeToPay(page, shop, "Cartão");
  await pay(page, "Card: 3-D Secure fails");
  await expect(page.getByRole("alert")).toBeVisible();
  await pay(page, "Card: 3-D Secure passes");
  await expectPaid(page);
});

test("the cart opens beside the page and is changed there", async ({ page, shop }) => {
  await wantOne(page, shop);
  const drawer = page.getByRole("dialog", { name: "Carrinho" });
  const total = drawer.locator(".line-total b");
  await expect(total).toHaveText(/^34,90/);
  await drawer.getByRole("button", { name: "Mais um" }).click();
  await expect(total).toHaveText(/^69,80/);
  await expect(drawer.getByRole("button", { name: "Mais um" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  await expect(page.locator("[data-basket-count]")).toHaveText("2");
  await page.getByRole("link", { name: /^Carrinho/ }).click();
  await drawer.getByRole("button", { name: /^Remover/ }).click();
  await expect(drawer.getByText("O seu carrinho está vazio.")).toBeVisible();
  await expect(page.locator("[data-basket-count]")).toBeHidden();
});

test("a size that is gone cannot be bought, and more than there is neither", async ({ page, shop }) => {
  await page.goto(at(`/products/${shop.goods[1].slug}`, shop.slug));
  const buy = page.getByRole("button", { name: "Adicionar ao carrinho" });
  await expect(page.getByText("Só restam 3")).toBeVisible();
  await page.getByRole("radio", { name: "Grande" }).check();
  await expect(buy).toBeDisabled();
  await page.getByRole("radio", { name: "Pequena" }).check();
  await page.getByRole("spinbutton", { name: /^Quantidade/ }).fill("4");
  await buy.click();
  await expect(page.getByRole("alert")).toHaveText("Só restam 3 unidades deste artigo.");
});
