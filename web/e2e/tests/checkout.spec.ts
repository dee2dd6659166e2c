import { expected } from "../support/door.ts";
import { at } from "../support/platform.ts";
import { ADDRESS, expectPaid, order, pay, wantOne } from "../support/shopper.ts";
import { expectSound } from "../support/sound.ts";
import { ownerDoor } from "../support/store.ts";
import { expect, test } from "../support/watched.ts";

test.use({ theme: "essential" });

test("a piece that is gone at the last second is said, and nothing typed is lost", async ({ page, shop }) => {
  const owner = await ownerDoor(shop);
  const [, blanket] = shop.goods;
  const scarce = blanket.variants[0]?.id;
  const stock = (on_hand: number) =>
    expected(200, owner("PUT", `/api/orders/admin/stock/${scarce}`, { on_hand, reason: "correction" }));
  await wantOne(page, shop);
  await page.goto(at(`/products/${blanket.slug}`, shop.slug));
  await page.getByRole("radio", { name: "Pequena" }).check();
  await page.getByRole("button", { name: "Adicionar ao carrinho" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "Finalizar compra" }).click();
  const email = page.getByLabel("E-mail", { exact: true });
  await email.fill("ana@example.pt");
  for (const [label, text] of Object.entries(ADDRESS)) {
    await page.getByLabel(label, { exact: true }).first().fill(text);
  }
  await page.getByRole("radio", { name: "Multibanco" }).check();
  await page.getByLabel(/^Li e aceito/).check();
  await stock(0);
  await page.getByRole("button", { name: /^Encomendar com obrigação de pagar/ }).click();
  await expect(page.getByRole("alert")).toContainText("Há artigos que já não se podem encomendar assim.");
  await expectSound(page);
  await page.getByRole("button", { name: new RegExp(`^Remover ?: ${blanket.title}`) }).click();
  await expect(email).toHaveValue("ana@example.pt");
  for (const [label, text] of Object.entries(ADDRESS)) {
    await expect(page.getByLabel(label, { exact: true }).first()).toHaveValue(text);
  }
  await expect(page.getByRole("radio", { name: "Multibanco" })).toBeChecked();
  await stock(3);
  await page.getByRole("button", { name: /^Encomendar com obrigação de pagar/ }).click();
  await expect(page).toHaveURL(/\/checkout\/pay$/);
});

test("two clicks are one order, and a network that was gone loses nothing", async ({
  page,
  context,
  shop,
}) => {
  await wantOne(page, shop);
  await page.getByRole("dialog").getByRole("link", { name: "Finalizar compra" }).click();
  const name = page.getByLabel("Nome e apelido", { exact: true }).first();
  await name.fill("Ana Silva");
  await context.setOffline(true);
  await page.getByRole("button", { name: /^Encomendar com obrigação de pagar/ }).click();
  await page.waitForURL("chrome-error://**");
  await context.setOffline(false);
  await page.goto(at("/checkout", shop.slug));
  await expect(name).toHaveValue("Ana Silva");

  const email = await order(page, "Cartão", { clicks: 2 });
  await pay(page, "Card: pays");
  await expectPaid(page);
  const owner = await ownerDoor(shop);
  const path = `/api/orders/admin/orders?q=${encodeURIComponent(email)}`;
  const { items } = await expected(200, owner("GET", path));
  expect(items).toHaveLength(1);
  // What was typed went with the order.
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});
