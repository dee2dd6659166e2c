import { defineConfig } from "@playwright/test";
import everyday from "./playwright.config.ts";

// Pictures of every page in every theme and of the panel, into STORES_SCREENSHOTS. The demo store goes
// through the themes one after the other, so there is one worker.
export default defineConfig({
  ...everyday,
  testDir: "screenshots",
  projects: [],
  workers: 1,
  timeout: 600_000,
});
