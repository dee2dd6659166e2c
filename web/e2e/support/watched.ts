import { type BrowserContext, test as base, expect } from "@playwright/test";
import { type Shelved, shelve, someGoods } from "./goods.ts";
import { firstSignIn, makeStore } from "./store.ts";
import { connectStripe } from "./stripe.ts";

export interface Shop {
  slug: string;
  /** The owner's, whose password is `OWN_PASSWORD`. */
  email: string;
  /** A plain one, one with sizes of which the last is gone, a reduced one. */
  goods: [Shelved, Shelved, Shelved];
}

interface Tests {
  /** What went wrong in the browser while the test ran: there must be nothing. */
  faults: string[];
}

interface Workers {
  theme: string;
  shop: Shop;
}

/** A test in which no script may fail, no policy be broken and nothing be missing without anybody noticing. */
export const test = base.extend<Tests, Workers>({
  theme: ["essential", { option: true, scope: "worker" }],
  shop: [
    async ({ theme }, use) => {
      const store = await makeStore(theme);
      const owner = await firstSignIn(store);
      await connectStripe(store.slug, owner);
      const [plain, sized, reduced] = await shelve(store.slug, owner, someGoods());
      if (!plain || !sized || !reduced) {
        throw new Error("the shelves are empty");
      }
      await use({ slug: store.slug, email: store.email, goods: [plain, sized, reduced] });
    },
    { scope: "worker", timeout: 180_000 },
  ],
  faults: [
    async ({ context }, use) => {
      const faults: string[] = [];
      watch(context, faults);
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

/** Notes what goes wrong in a context's pages. Refusals are answers: the tests say which they expect. */
export function watch(context: BrowserContext, faults: string[]): void {
  context.on("weberror", (error) => faults.push(`script: ${error.error().message}`));
  context.on("console", (message) => {
    const isOfNetwork = message.text().startsWith("Failed to load resource");
    // The test's own scripts, kept out of a mail's preview as anybody's are.
    const isKeptOut = message.text().startsWith("Blocked script execution in 'about:srcdoc'");
    if (message.type() === "error" && !isOfNetwork && !isKeptOut) {
      faults.push(`console: ${message.text()}`);
    }
  });
  context.on("response", (response) => {
    const kind = response.request().resourceType();
    const isAnswer = kind === "document" || kind === "fetch";
    if (response.status() >= 500 || (response.status() >= 400 && !isAnswer)) {
      faults.push(`${response.status()}: ${response.url()}`);
    }
  });
}

export { expect };
