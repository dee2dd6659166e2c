import type { Page } from "@playwright/test";
import { expected } from "../support/door.ts";
import { expectAccessible, signIn } from "../support/page.ts";
import { at, panel, unique } from "../support/platform.ts";
import { OWN_PASSWORD, ownerDoor } from "../support/store.ts";
import { expect, type Shop, test } from "../support/watched.ts";

test.use({ theme: "essential" });

async function enter(page: Page, shop: Shop, path: string): Promise<void> {
  await page.goto(panel(path, shop.slug));
  await signIn(page, shop.email, OWN_PASSWORD);
  await page.goto(panel(path, shop.slug));
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
}

const save = (page: Page) => page.getByRole("button", { name: "Guardar", exact: true });

test("a look is drafted, seen by its owner alone, and published for all", async ({ page, context, shop }) => {
  const title = unique("Abertura");
  await enter(page, shop, "/design");
  await page.getByRole("button", { name: "Compor a página" }).click();
  const sections = page.locator("ol > li");
  const count = await sections.count();
  await page.getByRole("button", { name: "Acrescentar secção" }).click();
  await page.getByRole("menuitem", { name: "Texto", exact: true }).click();
  await expect(sections).toHaveCount(count + 1);
  const added = sections.last();
  await added.getByRole("button", { name: "Texto", exact: true }).click();
  await added.getByLabel("Título").fill(title);
  await added.getByRole("button", { name: "Subir Texto" }).click();
  await save(page).click();
  await expect(page.getByText("O rascunho ainda não está publicado")).toBeVisible();
  await expectAccessible(page);

  const preview = page.frameLocator("iframe[title='Pré-visualização']");
  await expect(preview.getByRole("heading", { name: title })).toBeVisible();
  const shopper = await context.newPage();
  await shopper.goto(at("/", shop.slug));
  await expect(shopper.getByRole("heading", { name: title })).toBeHidden();

  await page.getByRole("button", { name: "Publicar" }).click();
  await expect(page.getByText(/^Todos veem este aspeto desde/)).toBeVisible();
  await expect(async () => {
    await shopper.reload();
    await expect(shopper.getByRole("heading", { name: title })).toBeVisible({ timeout: 500 });
  }).toPass();
});

test("the person's menu is a menu for the keyboard too, and changes the language where it stands", async ({
  page,
  shop,
}) => {
  await enter(page, shop, "/");
  await page.getByRole("button", { name: "Conta" }).press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "Português" })).toBeChecked();
  await expectAccessible(page);
  await page.getByRole("menuitemradio", { name: "English" }).press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "English" })).toBeChecked();
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Password" })).toBeVisible();
  await page.getByRole("menuitemradio", { name: "Português" }).press("Enter");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Conta" })).toBeFocused();
});

test("what the store says of itself is refused at its field, and asked for an age", async ({
  page,
  browser,
  shop,
}) => {
  await enter(page, shop, "/settings/store");
  await page.getByLabel("NIF").fill("123456780");
  await page.getByLabel("Denominação social").fill("Loja de Teste, Lda.");
  await page.getByRole("switch", { name: "Perguntar a idade antes de mostrar a loja" }).click();
  await save(page).click();
  await expect(page.getByLabel("NIF")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Denominação social")).toHaveValue("Loja de Teste, Lda.");
  await expectAccessible(page);
  await page.getByLabel("NIF").fill("123456789");
  await save(page).click();
  await expect(save(page)).toBeHidden();

  const wanted = at(`/products/${shop.goods[0].slug}`, shop.slug);
  for (const javaScriptEnabled of [true, false]) {
    const guest = await (await browser.newContext({ javaScriptEnabled, locale: "pt-PT" })).newPage();
    await expect(async () => {
      await guest.goto(wanted);
      await expect(guest.getByRole("heading", { name: "Confirme a sua idade" })).toBeVisible({
        timeout: 500,
      });
    }).toPass();
    await guest.getByRole("button", { name: "Sou mais novo" }).click();
    await expect(guest.getByRole("alert")).toContainText("Só pode entrar quem tem 18 anos ou mais.");
    await guest.goto(at("/terms", shop.slug));
    await expect(guest.getByRole("heading", { level: 1, name: "Condições de venda" })).toBeVisible();
    await guest.goto(wanted);
    if (javaScriptEnabled) {
      await expectAccessible(guest);
    }
    await guest.getByRole("button", { name: "Tenho 18 anos ou mais" }).click();
    await expect(guest).toHaveURL(wanted);
    await expect(guest.getByRole("heading", { level: 1, name: shop.goods[0].title })).toBeVisible();
    await guest.context().close();
  }
  await page.getByRole("switch", { name: "Perguntar a idade antes de mostrar a loja" }).click();
  await save(page).click();
  await expect(save(page)).toBeHidden();
});

test("a domain of one's own is refused at its field, told what DNS has to say, and given back", async ({
  page,
  shop,
}) => {
  const host = `${unique("loja")}.example.pt`;
  await enter(page, shop, "/settings/domains");
  await page.getByRole("button", { name: "Acrescentar domínio" }).click();
  const dialog = page.getByRole("dialog", { name: "Acrescentar domínio" });
  await dialog.getByLabel("Domínio").fill(`https://${host}/`);
  await dialog.getByRole("button", { name: "Acrescentar domínio" }).click();
  await expect(dialog.getByLabel("Domínio")).toHaveAttribute("aria-invalid", "true");
  await expectAccessible(page);
  await dialog.getByLabel("Domínio").fill(` ${host.toUpperCase()} `);
  await dialog.getByRole("button", { name: "Acrescentar domínio" }).click();
  await expect(dialog).toBeHidden();

  const records = page.getByRole("table", { name: "Registos DNS" });
  await expect(records.getByRole("row").filter({ hasText: "TXT" })).toContainText(`_stores-verify.${host}`);
  await expect(records.getByRole("row").filter({ hasText: "CNAME" })).toContainText(`${shop.slug}.`);
  await expect(page.getByText("À espera do DNS")).toBeVisible();
  await page.getByRole("button", { name: `Verificar agora: ${host}` }).click();
  // No name server knows it, if any answers at all.
  await expect(page.getByText(/^Falta o registo TXT|não responderam/)).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page);

  await page.getByRole("button", { name: `Retirar: ${host}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retirar", exact: true }).click();
  await expect(page.getByText("Ainda não há domínios próprios")).toBeVisible();
});

test("a plan tells its features by name", async ({ page, shop }) => {
  await enter(page, shop, "/settings/plan");
  const features = page.getByRole("table", { name: "Funcionalidades" });
  const moloni = features.getByRole("row").filter({ hasText: "Faturação Moloni" });
  await expect(moloni).toContainText("Emite a fatura-recibo certificada");
  await expect(features).not.toContainText("invoicing.moloni");
  await expectAccessible(page);
});

test("who is invited signs in with what the role may do", async ({ page, browser, shop }) => {
  const email = `${unique("rui")}@example.pt`;
  await enter(page, shop, "/settings/staff");
  await page.getByRole("button", { name: "Convidar" }).click();
  const dialog = page.getByRole("dialog", { name: "Convidar" });
  await dialog.getByLabel("E-mail").fill(shop.email);
  await dialog.getByLabel("Nome").fill("Rui Costa");
  await dialog.getByRole("combobox", { name: "Função" }).click();
  await page.getByRole("option", { name: "Expedição" }).click();
  await dialog.getByRole("button", { name: "Convidar" }).click();
  await expect(dialog.getByText("Já há alguém com este e-mail.")).toBeVisible();
  await expect(dialog.getByLabel("Nome")).toHaveValue("Rui Costa");
  await expectAccessible(page);
  await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByRole("button", { name: "Convidar" }).click();
  const shown = page.getByRole("dialog", { name: "Palavra-passe temporária de Rui Costa" });
  const password = await shown.locator("pre, code").first().textContent();
  await shown.getByRole("button", { name: "Já a guardei" }).click();
  await expect(page.getByRole("row").filter({ hasText: email })).toContainText("Expedição");

  const rui = await (await browser.newContext({ locale: "pt-PT" })).newPage();
  await rui.goto(panel("/", shop.slug));
  await signIn(rui, email, password ?? "");
  await rui.getByLabel(/^Nova palavra-passe/).fill(OWN_PASSWORD);
  await rui.getByLabel(/^Repetir a nova palavra-passe/).fill(OWN_PASSWORD);
  await rui.getByRole("button", { name: "Guardar e entrar" }).click();
  const places = rui.getByRole("navigation");
  await expect(places.getByRole("link", { name: "Encomendas", exact: true })).toBeVisible();
  await expect(places.getByRole("link", { name: "Pagamentos", exact: true })).toBeHidden();

  await page.getByRole("button", { name: "Remover Rui Costa" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remover" }).click();
  await expect(page.getByRole("row").filter({ hasText: email })).toBeHidden();
  // The services hear of it one after another: at the latest the page after next is refused.
  const over = rui.getByRole("dialog", { name: "A sessão terminou" });
  let visits = 0;
  await expect(async () => {
    if (!(await over.isVisible())) {
      const place = visits++ % 2 === 0 ? "Encomendas" : "Início";
      await places.getByRole("link", { name: place, exact: true }).click();
    }
    await expect(over).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await rui.context().close();
});

test("what is typed outlives a lost network, a second click and who saved first", async ({
  page,
  context,
  shop,
}) => {
  await enter(page, shop, "/settings/store");
  const phone = page.getByLabel("Telefone");
  const saves: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT") {
      saves.push(request.url());
    }
  });

  await test.step("no network: said, kept, tried again", async () => {
    await phone.fill("+351 912 000 001");
    await context.setOffline(true);
    await save(page).click();
    await expect(page.getByRole("alert").getByText("Sem ligação à rede")).toBeVisible();
    await expect(phone).toHaveValue("+351 912 000 001");
    await context.setOffline(false);
  });

  await test.step("two clicks are one request", async () => {
    saves.length = 0;
    await save(page).dblclick();
    await expect(save(page)).toBeHidden();
    expect(saves).toHaveLength(1);
  });

  await test.step("somebody else saved first: both ways on", async () => {
    const owner = await ownerDoor(shop);
    const path = "/api/tenants/admin/settings";
    await phone.fill("+351 912 000 002");
    const { version, ...shown } = await expected(200, owner("GET", path));
    const fixed = ["url", "slug", "country", "currency", "locale", "time_zone"];
    const own = Object.entries(shown).filter(([name]) => !fixed.includes(name));
    const theirs = { ...Object.fromEntries(own), contact_phone: "+351 912 999 999" };
    await expected(200, owner("PUT", path, theirs, { "if-match": `"${version}"` }));
    await save(page).click();
    const dialog = page.getByRole("dialog", { name: "Alguém guardou primeiro" });
    await expect(dialog).toBeVisible();
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Guardar as minhas" }).click();
    await expect(save(page)).toBeHidden();
    // As the service keeps it: without the spaces.
    await expect(phone).toHaveValue("+351912000002");
    expect((await expected(200, owner("GET", path))).contact_phone).toBe("+351912000002");
  });

  await test.step("the session ended: signed in over the page, and saved", async () => {
    await phone.fill("+351 912 000 003");
    await context.clearCookies();
    const owner = await ownerDoor(shop);
    const change = { current_password: OWN_PASSWORD, new_password: `${OWN_PASSWORD}!` };
    const { access_token } = await expected(200, owner("POST", "/api/auth/password", change));
    const back = { current_password: `${OWN_PASSWORD}!`, new_password: OWN_PASSWORD };
    const signedIn = { authorization: `Bearer ${access_token}` };
    await expected(200, owner("POST", "/api/auth/password", back, signedIn));
    await save(page).click();
    const dialog = page.getByRole("dialog", { name: "A sessão terminou" });
    await dialog.getByLabel(/^Palavra-passe/).fill(OWN_PASSWORD);
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Continuar" }).click();
    await expect(dialog).toBeHidden();
    await expect(phone).toHaveValue("+351 912 000 003");
    await save(page).click();
    await expect(save(page)).toBeHidden();
  });
});
