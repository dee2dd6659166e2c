import { linkInMail } from "../support/inbox.ts";
import { at, unique } from "../support/platform.ts";
import { ADDRESS, comeToPay, expectPaid, pay, wantOne } from "../support/shopper.ts";
import { lookAround, lookWhileBuying, WIDTHS } from "../support/sound.ts";
import { choose } from "../support/stripe.ts";
import { expect, test, watch } from "../support/watched.ts";

test.use({ theme: "essential" });

for (const width of WIDTHS) {
  test(`every page is sound, ${width} px wide`, async ({ page, shop }) => {
    await page.setViewportSize({ width, height: 844 });
    await lookAround(page, shop);
    await lookWhileBuying(page, shop);
  });
}

test("MB WAY pays once it is approved in the app", async ({ page, shop }) => {
  await comeToPay(page, shop, "MB WAY");
  await pay(page, "MB WAY: approved");
  await expectPaid(page);
});

test("a voucher of Multibanco is shown, and the order is paid when the voucher is", async ({
  page,
  shop,
}) => {
  await comeToPay(page, shop, "Multibanco");
  const form = page.locator("#pay");
  const [secret, account] = [await form.getAttribute("data-secret"), await form.getAttribute("data-account")];
  await pay(page, "Multibanco: voucher");
  await expect(page).toHaveURL(/\/checkout\/done/);
  const voucher = page.locator(".voucher");
  await expect(voucher).toContainText("Entidade");
  await expect(voucher).toContainText(/\d{3} ?\d{3} ?\d{3}/);
  await choose(secret ?? "", account ?? "", "pay");
  await page.getByRole("link", { name: "Ver encomenda" }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Obrigado pela sua encomenda!", {
      timeout: 1_000,
    });
  }).toPass({ timeout: 60_000 });
});

test("without JavaScript one comes as far as the card, and pays on the page that stands in", async ({
  browser,
  faults,
  shop,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "pt-PT" });
  watch(context, faults);
  const page = await context.newPage();
  await page.goto(at("/", shop.slug));
  await page.getByRole("searchbox").fill("manta");
  await page.getByRole("button", { name: "Procurar" }).click();
  await page.getByRole("link", { name: shop.goods[1].title }).first().click();
  await page.getByRole("radio", { name: "Média" }).check();
  await page.getByRole("button", { name: "Adicionar ao carrinho" }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await page.getByRole("spinbutton", { name: /^Quantidade/ }).fill("2");
  await page.getByRole("button", { name: "Atualizar" }).click();
  await expect(page.locator(".line-total b")).toHaveText(/^178,00/);
  await page.getByRole("link", { name: "Finalizar compra" }).click();

  await page.getByLabel("E-mail", { exact: true }).fill("ana");
  await page.getByRole("button", { name: /^Encomendar/ }).click();
  await expect(page.getByRole("alert")).toContainText("Falta corrigir");
  await expect(page.getByLabel("E-mail", { exact: true })).toHaveValue("ana");
  await page.getByLabel("E-mail", { exact: true }).fill(`${unique("ana")}@example.pt`);
  for (const [label, text] of Object.entries(ADDRESS)) {
    await page.getByLabel(label, { exact: true }).first().fill(text);
  }
  await page.getByLabel(/^Li e aceito/).check();
  await page.getByRole("button", { name: /^Encomendar/ }).click();
  // Playwright's roles and texts leave out what stands in a noscript, which is shown here.
  const instead = page.locator("noscript p");
  await expect(instead).toBeVisible();
  await expect(instead).toContainText("O JavaScript está desligado neste navegador.");
  await instead.locator("a").click();
  await page.getByRole("button", { name: "card", exact: true }).click();
  await expect(page.locator("#status")).toHaveText("succeeded");
  await page.goto(at("/checkout/done", shop.slug));
  await expectPaid(page);
  await context.close();
});

test("the link of the mail opens the order for a guest, and nothing else does", async ({
  browser,
  page,
  shop,
}) => {
  const email = await comeToPay(page, shop, "Cartão");
  await pay(page, "Card: pays");
  await expectPaid(page);
  const link = await linkInMail(email, "/orders/");
  const guest = await (await browser.newContext({ locale: "pt-PT" })).newPage();
  await guest.goto(page.url());
  await expect(guest.getByRole("heading", { level: 1, name: "Esta página não existe" })).toBeVisible();
  await guest.goto(link);
  await expectPaid(guest);
  await guest.context().close();
});

test("the search suggests what it would find, by keyboard too", async ({ page, shop }) => {
  await page.goto(at("/", shop.slug));
  await page.getByRole("searchbox").pressSequentially("can");
  const suggestion = page.locator(".suggestions a");
  await expect(suggestion).toHaveText([/Caneca azul\s*12,00/]);
  await page.keyboard.press("ArrowDown");
  await expect(suggestion).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(suggestion).toBeHidden();
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("can");
});

test("nothing of others is loaded, and nothing is kept of who only looks", async ({
  context,
  page,
  shop,
}) => {
  const hosts = new Set<string>();
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  for (const place of ["/", "/categories/mesa", `/products/${shop.goods[0].slug}`, "/cart"]) {
    await page.goto(at(place, shop.slug));
  }
  expect([...hosts]).toEqual([new URL(at("/", shop.slug)).host]);
  expect(await context.cookies()).toEqual([]);
  await wantOne(page, shop);
  const names = (await context.cookies()).map(({ name }) => name.replace("__Host-", ""));
  expect(names.sort()).toEqual(["basket", "basket-count"]);
});
