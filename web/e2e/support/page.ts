import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

/** How a fault is taken: by `expect` it ends the test, by `expect.soft` it is told when the test has ended. */
export type Check = typeof expect.soft;

/** No fault against WCAG 2.2 A and AA that a program can find. */
export async function expectAccessible(page: Page, check: Check = expect): Promise<void> {
  const found = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const said = found.violations.map((violation) => ({
    rule: violation.id,
    at: violation.nodes.map((node) => node.target.join(" ")),
    why: violation.nodes[0]?.failureSummary,
  }));
  check(said, page.url()).toEqual([]);
}

/** Presses until it took effect: a busy machine may answer "not now", which is what a person does then too. */
export async function press(page: Page, name: string, effect: Locator): Promise<void> {
  await expect(async () => {
    const button = page.getByRole("button", { name, exact: true });
    if (await button.isVisible()) {
      await button.click();
    }
    await expect(effect).toBeVisible({ timeout: 15_000 });
  }).toPass();
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel(/^Palavra-passe/).fill(password);
  const isIn = page.getByRole("heading", { level: 1 }).filter({ hasNotText: /^Entrar$/ });
  await press(page, "Entrar", isIn);
}
