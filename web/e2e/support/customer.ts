import { expect, type Page } from "@playwright/test";
import { linkInMail } from "./inbox.ts";
import { at, unique } from "./platform.ts";

export interface Customer {
  email: string;
  password: string;
}

/** Makes an account at a store as its customers do, with an address; the page is signed in afterwards. */
export async function becomeCustomer(page: Page, slug: string): Promise<Customer> {
  const customer = { email: `${unique("rita")}@example.pt`, password: "uma palavra-passe de cliente" };
  const said = page.getByRole("main").getByRole("status");
  const password = page.getByLabel("Palavra-passe", { exact: true });
  await page.goto(at("/account/register", slug));
  await page.getByLabel("Nome próprio").fill("Rita");
  await page.getByLabel("Apelido").fill("Sousa");
  await page.getByLabel("E-mail", { exact: true }).fill(customer.email);
  await password.fill(customer.password);
  await page.getByRole("button", { name: "Criar conta" }).click();
  await expect(said).toContainText("Enviámos um e-mail.");
  await page.goto(await linkInMail(customer.email, "/account/verify"));
  await password.fill(customer.password);
  await page.getByRole("button", { name: "Confirmar conta" }).click();
  await expect(said).toContainText("A conta está confirmada.");
  await page.goto(at("/account/addresses", slug));
  await page.getByLabel("Nome e apelido").fill("Rita Sousa");
  await page.getByLabel("Rua, número e andar").fill("Rua das Flores 7");
  await page.getByLabel("Código postal").fill("4050-262");
  await page.getByLabel("Localidade").fill("Porto");
  await page.getByRole("button", { name: "Guardar" }).click();
  await expect(said).toContainText("Guardado.");
  return customer;
}

export async function signInAsCustomer(page: Page, slug: string, customer: Customer): Promise<void> {
  await page.goto(at("/account/sign-in", slug));
  await page.getByLabel("E-mail", { exact: true }).fill(customer.email);
  await page.getByLabel("Palavra-passe", { exact: true }).fill(customer.password);
  await page.getByRole("main").getByRole("button", { name: "Iniciar sessão" }).click();
  await expect(page).toHaveURL(at("/account", slug));
}
