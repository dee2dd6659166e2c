import { expectMail, linkInMail } from "../support/inbox.ts";
import { expectAccessible } from "../support/page.ts";
import { at, unique } from "../support/platform.ts";
import { expectPaid, pay, wantOne } from "../support/shopper.ts";
import { expectSound } from "../support/sound.ts";
import { expect, test } from "../support/watched.ts";

test.use({ theme: "atelier" });

const FIRST = "uma palavra-passe de cliente";
const SECOND = "outra palavra-passe de cliente";

test("an account is made, confirmed by its mail, bought with and left", async ({ page, shop }) => {
  const email = `${unique("rita")}@example.pt`;
  const here = (path: string) => at(path, shop.slug);
  const heading = (name: string) => page.getByRole("heading", { level: 1, name });
  const said = page.getByRole("main").getByRole("status");
  const password = page.getByLabel("Palavra-passe", { exact: true });

  await test.step("what is missing is told at its field, and the rest stays", async () => {
    await page.goto(here("/"));
    await page.getByRole("link", { name: "Conta", exact: true }).first().click();
    await page.getByRole("link", { name: "Criar conta" }).click();
    await page.getByLabel("Apelido").fill("Sousa");
    await page.getByLabel("E-mail", { exact: true }).fill(email);
    await password.fill("curta");
    await page.getByRole("button", { name: "Criar conta" }).click();
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page.getByLabel("Nome próprio")).toHaveAccessibleDescription("Escreva o nome próprio");
    await expect(password).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Apelido")).toHaveValue("Sousa");
    await expectSound(page);
  });

  await test.step("the mail's link and the password confirm it", async () => {
    await page.getByLabel("Nome próprio").fill("Rita");
    await password.fill(FIRST);
    await page.getByRole("button", { name: "Criar conta" }).click();
    await expect(said).toContainText("Enviámos um e-mail.");
    await page.goto(await linkInMail(email, "/account/verify"));
    await password.fill("não é esta");
    await page.getByRole("button", { name: "Confirmar conta" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expectSound(page);
    await password.fill(FIRST);
    await page.getByRole("button", { name: "Confirmar conta" }).click();
    await expect(said).toContainText("A conta está confirmada.");
    await expect(page.getByText("Ainda não fez encomendas.")).toBeVisible();
  });

  await test.step("an address is kept", async () => {
    await page.getByRole("link", { name: "Moradas" }).click();
    await page.getByLabel("Nome e apelido").fill("Rita Sousa");
    await page.getByLabel("Rua, número e andar").fill("Rua das Flores 7");
    await page.getByLabel("Código postal").fill("4050");
    await page.getByLabel("Localidade").fill("Porto");
    await page.getByRole("button", { name: "Guardar" }).click();
    await expect(page.getByLabel("Código postal")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("Rua, número e andar")).toHaveValue("Rua das Flores 7");
    await page.getByLabel("Código postal").fill("4050-262");
    await page.getByRole("button", { name: "Guardar" }).click();
    await expect(said).toContainText("Guardado.");
    await expectSound(page);
  });

  await test.step("buying needs no more typing", async () => {
    await wantOne(page, shop);
    await page.getByRole("dialog").getByRole("link", { name: "Finalizar compra" }).click();
    await expect(page.getByLabel("E-mail", { exact: true })).toHaveValue(email);
    await expect(page.getByRole("radio", { name: /^Rita Sousa/ })).toBeChecked();
    await page.getByRole("radio", { name: "Cartão" }).check();
    await page.getByLabel(/^Li e aceito/).check();
    await page.getByRole("button", { name: /^Encomendar com obrigação de pagar/ }).click();
    await pay(page, "Card: pays");
    await expectPaid(page);
  });

  await test.step("the order is in the account", async () => {
    await page.goto(here("/account"));
    await page.getByRole("link", { name: /^Encomenda / }).click();
    await expect(heading("A sua encomenda")).toBeVisible();
    await expect(page.getByText(shop.goods[0].title)).toBeVisible();
    await expectSound(page);
  });

  await test.step("the person's data are mended and taken away", async () => {
    await page.goto(here("/account/profile"));
    await page.getByLabel("NIF").fill("123456780");
    await page.getByRole("button", { name: "Guardar", exact: true }).click();
    await expect(page.getByLabel("NIF")).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("NIF")).toHaveValue("123456780");
    await page.getByLabel("NIF").fill("123456789");
    await page.getByRole("button", { name: "Guardar", exact: true }).click();
    await expect(said).toContainText("Guardado.");
    await expectSound(page);
    await page.getByRole("link", { name: "Os meus dados" }).click();
    await expectSound(page);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Transferir ficheiro" }).click(),
    ]);
    expect(await file.failure()).toBeNull();
  });

  await test.step("signed out, only the password leads back", async () => {
    await page.getByRole("button", { name: "Terminar sessão" }).click();
    await expect(said).toContainText("Terminou a sessão.");
    await page.goto(here("/account/addresses"));
    await expect(heading("Iniciar sessão")).toBeVisible();
    await page.getByLabel("E-mail", { exact: true }).fill(email);
    await password.fill("não é esta");
    await page.getByRole("button", { name: "Iniciar sessão" }).click();
    await expect(page.getByRole("alert")).toContainText("O e-mail ou a palavra-passe não estão certos.");
    await expect(page.getByLabel("E-mail", { exact: true })).toHaveValue(email);
    await expectSound(page);
    await password.fill(FIRST);
    await page.getByRole("button", { name: "Iniciar sessão" }).click();
    await expect(page).toHaveURL(here("/account/addresses"));
    await page.getByRole("button", { name: "Terminar sessão" }).click();
  });

  await test.step("a forgotten password is chosen anew, once by each link", async () => {
    await page.getByRole("link", { name: "Esqueceu-se da palavra-passe?" }).click();
    await page.getByLabel("E-mail", { exact: true }).fill(email);
    await expectSound(page);
    await page.getByRole("button", { name: "Enviar ligação" }).click();
    await expect(said).toContainText("Se houver uma conta com este e-mail");
    const link = await linkInMail(email, "/account/reset");
    await page.goto(link);
    await password.fill("curta");
    await page.getByRole("button", { name: "Guardar palavra-passe" }).click();
    await expect(password).toHaveAttribute("aria-invalid", "true");
    await expectSound(page);
    await password.fill(SECOND);
    await page.getByRole("button", { name: "Guardar palavra-passe" }).click();
    await expect(said).toContainText("A palavra-passe foi mudada.");
    await page.goto(link);
    if (await password.isVisible()) {
      await password.fill(FIRST);
      await page.getByRole("button", { name: "Guardar palavra-passe" }).click();
    }
    await expect(page.getByRole("alert")).toContainText("Esta ligação já foi usada");
    await expectAccessible(page);
  });
});

test("the shop speaks English, to the order and its mail", async ({ page, shop }) => {
  const email = `${unique("mary")}@example.com`;
  await page.goto(at("/en/", shop.slug));
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByRole("searchbox").fill("caneca");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: shop.goods[2].title }).first().click();
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "Check out" }).click();
  const order = page.getByRole("button", { name: /^Order with obligation to pay/ });
  await order.click();
  await expect(page.getByRole("alert")).toBeFocused();
  await expectSound(page);
  const typed = {
    "E-mail": email,
    "Full name": "Mary Smith",
    "Street, number and floor": "Rua do Ouro 1",
    Postcode: "1100-148",
    Town: "Lisboa",
  };
  for (const [label, text] of Object.entries(typed)) {
    await page.getByLabel(label, { exact: true }).first().fill(text);
  }
  await page.locator("#accepts_terms").check();
  await order.click();
  await expect(page).toHaveURL(/\/en\/checkout\/pay$/);
  await page.getByRole("combobox", { name: "Payment method" }).selectOption("Card: pays");
  await page.getByRole("button", { name: /^Pay/ }).click();
  await expect(page).toHaveURL(/\/en\/orders\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1, name: "Thank you for your order!" })).toBeVisible();
  await expectSound(page);
  await expectMail(email, "Right of withdrawal: cancel this purchase");
});
