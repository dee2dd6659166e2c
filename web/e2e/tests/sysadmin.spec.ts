import { expectAccessible, signIn } from "../support/page.ts";
import { at, panel, sysadmin, unique } from "../support/platform.ts";
import { expect, test } from "../support/watched.ts";

test("a sysadmin makes a store, suspends it and lets it sell again", async ({ page, browser }) => {
  await page.goto(panel("/"));
  await expect(page.getByRole("heading", { name: "Entrar" })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Sou da equipa da plataforma").check();
  await signIn(page, sysadmin.email, sysadmin.password);

  await expect(page.getByRole("heading", { name: "Lojas" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Nova loja" }).first().click();

  const slug = unique("nova");
  await page.getByRole("textbox", { name: "Nome da loja" }).fill("Café Central");
  await expect(page.getByRole("textbox", { name: "Nome no endereço" })).toHaveValue("cafe-central");
  await page.getByRole("textbox", { name: "Nome no endereço" }).fill("www");
  await page.getByRole("textbox", { name: "E-mail" }).fill(`${slug}@example.pt`);
  await page.getByRole("button", { name: "Criar loja" }).click();
  // A reserved name is refused at its field, and nothing that was typed is lost.
  await expect(page.getByRole("textbox", { name: "Nome no endereço" })).toHaveAttribute(
    "aria-invalid",
    "true",
  );
  await expect(page.getByRole("textbox", { name: "Nome da loja" })).toHaveValue("Café Central");
  await expectAccessible(page);

  await page.getByRole("textbox", { name: "Nome no endereço" }).fill(slug);
  await page.getByRole("button", { name: "Criar loja" }).click();
  await expect(page.getByRole("heading", { name: "Café Central está pronta" })).toBeVisible();
  await expect(page.getByTestId("temporary-password")).not.toBeEmpty();
  await page.getByRole("link", { name: "Ver a loja" }).click();

  await page.getByRole("button", { name: "Suspender" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Suspender" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Reativar" })).toBeVisible();
  await expectAccessible(page);
  // A context of its own: a closed shop answers with what is a fault anywhere else.
  const visitor = await (await browser.newContext({ locale: "pt-PT" })).newPage();
  const shown = async (heading: string) => {
    await visitor.goto(at("/", slug));
    await expect(visitor.getByRole("heading", { level: 1, name: heading })).toBeVisible({ timeout: 1_000 });
  };
  await expect(() => shown("Loja encerrada temporariamente")).toPass();
  await expectAccessible(visitor);
  await page.getByRole("button", { name: "Reativar" }).click();
  await dialog.getByRole("button", { name: "Reativar" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Suspender" })).toBeVisible();
  await expect(async () => {
    await visitor.goto(at("/terms", slug));
    await expect(visitor.getByRole("heading", { level: 1, name: "Condições de venda" })).toBeVisible({
      timeout: 1_000,
    });
  }).toPass();
});

test("the platform's pages have no fault that a program can find", async ({ page }) => {
  await page.goto(panel("/"));
  await page.getByLabel("Sou da equipa da plataforma").check();
  await signIn(page, sysadmin.email, sysadmin.password);
  await expect(page.getByRole("heading", { name: "Lojas" })).toBeVisible();
  const places = [
    "Estado",
    "Tarefas",
    "Eventos parados",
    "Webhooks do Stripe",
    "Divergências",
    "Faturas com erro",
    "E-mails",
  ];
  for (const name of places) {
    await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    await expectAccessible(page);
  }
});
