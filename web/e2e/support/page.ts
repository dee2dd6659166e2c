import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** No fault against WCAG 2.2 A and AA that a program can find. */
export async function expectAccessible(page: Page): Promise<void> {
  const found = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const said = found.violations.map((violation) => ({
    rule: violation.id,
    at: violation.nodes.map((node) => node.target.join(" ")),
    why: violation.nodes[0]?.failureSummary,
  }));
  expect(said).toEqual([]);
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel(/^Palavra-passe/).fill(password);
  await page.getByRole("button", { name: "Entrar" }).click();
}
