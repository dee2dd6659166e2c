import { defineConfig } from "@playwright/test";
import everyday from "./playwright.config.ts";

// Pictures of every page in every theme and of the panel, into STORES_SCREENSHOTS. The demo store goes through the
// themes one after the other, so there is one worker; and what is bought in the shops is in the panel, whose file
// comes after theirs.
export default defineConfig({
  ...everyday,
  testDir: "screenshots",
  projects: [{ name: "pictures" }],
  workers: 1,
  timeout: 900_000,
});
