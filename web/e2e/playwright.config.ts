import { defineConfig } from "@playwright/test";

// Against a running platform: source its env file, then npm run e2e. A slow machine gets more time by
// STORES_E2E_SLOWNESS, a factor, and a second try by STORES_E2E_RETRIES.
const slowness = Number(process.env.STORES_E2E_SLOWNESS ?? 1);
const TROUBLE = "**/trouble.spec.ts";

export default defineConfig({
  testDir: "tests",
  // Each worker makes stores of its own; more browsers would only wait for each other on a small machine.
  workers: 2,
  retries: Number(process.env.STORES_E2E_RETRIES ?? 0),
  timeout: 120_000 * slowness,
  expect: { timeout: 15_000 * slowness },
  reporter: [["list"], ["./support/counts.ts"]],
  projects: [
    { name: "people", testIgnore: TROUBLE },
    // Stops parts of the platform, which nobody else may then need.
    { name: "trouble", testMatch: TROUBLE, dependencies: ["people"], workers: 1 },
  ],
  use: {
    actionTimeout: 15_000 * slowness,
    locale: "pt-PT",
    // A trace draws every moment of a page, which takes as long as the page itself: --trace on, when one is wanted.
    screenshot: "only-on-failure",
    viewport: { width: 1440, height: 900 },
    launchOptions: { args: ["--disable-gpu"], executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" },
  },
});
