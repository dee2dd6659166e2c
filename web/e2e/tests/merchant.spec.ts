import { until } from "../support/door.ts";
import { expectAccessible, press, signIn } from "../support/page.ts";
import { picture } from "../support/picture.ts";
import { panel } from "../support/platform.ts";
import { buy, makeStore, OWN_PASSWORD, ownerDoor } from "../support/store.ts";
import { connectStripe } from "../support/stripe.ts";
import { expect, test } from "../support/watched.ts";

test("a merchant goes from a temporary password to a refunded order", async ({ page }) => {
  const store = await makeStore("tactical");

  await test.step("chooses a password", async () => {
    await page.goto(panel("/", store.slug));
    await signIn(page, store.email, store.temporaryPassword);
    await expect(page.getByRole("heading", { name: "Escolha a sua palavra-passe" })).toBeVisible();
    await page.getByLabel(/^Nova palavra-passe/).fill(OWN_PASSWORD);
    await page.getByLabel(/^Repetir a nova palavra-passe/).fill("outra coisa");
    await page.getByRole("button", { name: "Guardar e entrar" }).click();
    await expect(page.getByText("As duas não são iguais.")).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel(/^Repetir a nova palavra-passe/).fill(OWN_PASSWORD);
    await press(page, "Guardar e entrar", page.getByRole("heading", { level: 1, name: store.name }));
    await expectAccessible(page);
  });

  await test.step("makes a product with variants and an image", async () => {
    await page.getByRole("link", { name: "Pôr um produto à venda" }).click();
    await page.getByRole("textbox", { name: "Nome", exact: true }).fill("Casaco impermeável");
    await page.getByText("Ativo", { exact: true }).click();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "casaco.png", mimeType: "image/png", buffer: picture(64, 64, [40, 60, 90]) });
    await page.getByLabel("Descrição da imagem 1").fill("Casaco preto");
    await page.getByRole("textbox", { name: "Preço", exact: true }).fill("1.234");
    await expect(page.getByText("Não é claro: escreva 1234 ou 1,23.")).toBeVisible();
    await page.getByRole("textbox", { name: "Preço", exact: true }).fill("49,90");
    await page.getByRole("textbox", { name: "SKU", exact: true }).fill("CASACO");
    await page.getByRole("button", { name: "Juntar opção" }).click();
    await page.getByRole("textbox", { name: "Opção", exact: true }).fill("Cor");
    await page.getByRole("combobox", { name: "Valores" }).fill("Preto");
    await page.keyboard.press("Enter");
    await page.getByRole("combobox", { name: "Valores" }).fill("Verde");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "2 variantes" })).toBeVisible();
    await page.getByRole("button", { name: "Guardar", exact: true }).click();
    await expect(page).toHaveURL(/\/products\/[0-9a-f-]{36}/);
    await expect(page.getByRole("heading", { level: 1, name: "Casaco impermeável" })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("is held when leaving with unsaved changes", async () => {
    await page.getByLabel("Marca").fill("Serra");
    await page.getByRole("navigation").getByRole("link", { name: "Encomendas", exact: true }).click();
    await expect(page.getByRole("dialog", { name: "Sair sem guardar?" })).toBeVisible();
    await page.getByRole("button", { name: "Continuar a editar" }).click();
    await expect(page.getByLabel("Marca")).toHaveValue("Serra");
    await page.getByRole("button", { name: "Guardar", exact: true }).click();
    await expect(page.getByRole("button", { name: "Guardar", exact: true })).toBeHidden();
  });

  await test.step("says how many are there", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Stock", exact: true }).click();
    await page.getByRole("button", { name: "Acertar o stock de CASACO", exact: true }).click();
    await page.getByRole("textbox", { name: "Unidades" }).fill("5");
    await page.getByRole("combobox", { name: "Motivo" }).fill("inicial");
    await page.getByRole("option", { name: "Stock inicial" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Guardar" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expectAccessible(page);
  });

  const owner = await ownerDoor(store);
  await connectStripe(store.slug, owner);
  const variant = await until("the variant's stock", async () => {
    const reply = await owner("GET", "/api/orders/admin/stock?sku=CASACO");
    const row = reply.body.items?.[0];
    return row?.available === 5 ? (row.variant_id as string) : undefined;
  });
  const { number } = await buy(store.slug, variant);

  await test.step("sees the order and sends it", async () => {
    await page.getByRole("navigation").getByRole("link", { name: "Encomendas", exact: true }).click();
    await page.reload();
    await page.getByRole("link", { name: number }).click();
    await expect(page.getByRole("heading", { level: 1, name: `Encomenda ${number}` })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Marcar como expedida" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Seguimento").fill("RR123456789PT");
    await dialog.getByRole("button", { name: "Marcar como expedida" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText("RR123456789PT").first()).toBeVisible();
  });

  await test.step("refunds a part of it", async () => {
    await page.getByRole("button", { name: "Reembolsar" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Valor" }).fill("9999");
    await dialog.getByRole("button", { name: "Reembolsar" }).click();
    await expect(dialog.getByRole("textbox", { name: "Valor" })).toHaveAttribute("aria-invalid", "true");
    await dialog.getByRole("textbox", { name: "Valor" }).fill("10,00");
    await dialog.getByRole("button", { name: "Reembolsar" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText("Reembolso parcial").first()).toBeVisible();
  });

  await test.step("finds no fault on the other pages", async () => {
    const places = [
      "Início",
      "Clientes",
      "Produtos",
      "Categorias",
      "Pagamentos",
      "Faturas",
      "E-mails",
      "Importações",
    ];
    for (const name of places) {
      await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expectAccessible(page);
    }
  });
});
