import type { Page } from "@playwright/test";
import { expectMail } from "../support/inbox.ts";
import { expectAccessible, signIn } from "../support/page.ts";
import { at, panel } from "../support/platform.ts";
import { comeToPay, expectPaid, pay } from "../support/shopper.ts";
import { expectSound } from "../support/sound.ts";
import { buy, OWN_PASSWORD } from "../support/store.ts";
import { expect, test, watch } from "../support/watched.ts";

test.use({ theme: "atelier" });

async function expectReceipt(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: "Declaração recebida" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Recebemos a sua declaração");
}

test("a guest gives a part back, and the merchant settles it", async ({ page, shop }) => {
  const email = await comeToPay(page, shop, "Cartão");
  await pay(page, "Card: pays");
  await expectPaid(page);
  const named = await page.getByRole("heading", { level: 2, name: /^Encomenda/ }).textContent();
  const number = named?.replace("Encomenda ", "") ?? "";

  await test.step("declares it from the order", async () => {
    await page.locator("main").getByRole("link", { name: "Desistir da compra aqui" }).first().click();
    await expect(page.getByLabel("Número da encomenda")).toHaveValue(number);
    await page.getByLabel("Nome e apelido").fill("");
    await page.getByRole("radio", { name: "Só uma parte" }).check();
    await page.getByRole("checkbox", { name: shop.goods[0].title }).check();
    await page.getByRole("button", { name: "Continuar" }).click();
    await expect(page.getByLabel("Nome e apelido")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByRole("checkbox", { name: shop.goods[0].title })).toBeChecked();
    await expectSound(page);
    await page.getByLabel("Nome e apelido").fill("Ana Silva");
    await page.getByRole("button", { name: "Continuar" }).click();
    await expect(page.getByText(`1 × ${shop.goods[0].title}`)).toBeVisible();
    await expectSound(page);
    await page.getByRole("button", { name: "Confirmar livre resolução" }).click();
    await expectReceipt(page);
    await expectSound(page);
    await expectMail(email, "Recebemos a sua declaração");
  });

  await test.step("is in the panel's list, and closed there", async () => {
    await page.goto(panel("/withdrawals", shop.slug));
    await signIn(page, shop.email, OWN_PASSWORD);
    await page.getByRole("navigation").getByRole("link", { name: "Resoluções" }).click();
    const row = page.getByRole("row").filter({ hasText: number });
    await expect(row).toContainText(shop.goods[0].title);
    await expectAccessible(page);
    await row.getByRole("button", { name: "Concluir" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Nota").fill("Chegou bem.");
    await dialog.getByRole("button", { name: "Concluir" }).click();
    await expect(dialog).toBeHidden();
    await expect(row).toContainText("Concluída");
    await expect(row).toContainText("Chegou bem.");
  });
});

test("without JavaScript and without a link one withdraws with number and e-mail", async ({
  browser,
  faults,
  shop,
}) => {
  const { number, email } = await buy(shop.slug, shop.goods[2].variants[0]?.id ?? "");
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "pt-PT" });
  watch(context, faults);
  const page = await context.newPage();
  await page.goto(at("/", shop.slug));
  await page.getByRole("contentinfo").getByRole("link", { name: "Desistir da compra aqui" }).first().click();
  await page.getByLabel("Número da encomenda").fill("NADA-1");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Nome e apelido").fill("Ana Silva");
  await page.getByRole("button", { name: "Continuar" }).click();
  await page.getByRole("button", { name: "Confirmar livre resolução" }).click();
  await expect(page.getByRole("alert")).toContainText("Não encontrámos nenhuma encomenda");
  await expect(page.getByLabel("E-mail")).toHaveValue(email);
  await page.getByLabel("Número da encomenda").fill(number);
  await page.getByRole("button", { name: "Continuar" }).click();
  await page.getByRole("button", { name: "Corrigir" }).click();
  await expect(page.getByLabel("Número da encomenda")).toHaveValue(number);
  await page.getByRole("button", { name: "Continuar" }).click();
  await page.getByRole("button", { name: "Confirmar livre resolução" }).click();
  await expectReceipt(page);
  await context.close();
});
