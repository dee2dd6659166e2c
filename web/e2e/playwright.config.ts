import { defineConfig } from "@playwright/test";

// Against a running platform that serves the panel: STORES_URL=http://store.localhost:8080 npm run e2e
export default defineConfig({
  testDir: "tests",
  // Each journey makes a store of its own; one browser at a time is kind to a small machine.
  workers: 1,
  retries: 0,
  timeout: Number(process.env.STORES_E2E_TIMEOUT_MS ?? 180_000),
  expect: { timeout: Number(process.env.STORES_E2E_EXPECT_MS ?? 30_000) },
  reporter: [["list"]],
  use: {
    actionTimeout: Number(process.env.STORES_E2E_EXPECT_MS ?? 30_000),
    locale: "pt-PT",
    trace: "retain-on-failure",
    viewport: { width: 1440, height: 900 },
    launchOptions: { args: ["--disable-gpu"], executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" },
  },
});
