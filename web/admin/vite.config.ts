import { fileURLToPath } from "node:url";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { mantineStyles } from "./scripts/mantine_styles.ts";

/** Where the APIs are while developing: the door of a running platform. */
const platform = new URL(process.env.STORES_URL ?? "http://store.localhost:8080");
if (platform.hostname.endsWith(".localhost")) {
  platform.hostname = "127.0.0.1";
}
// The host stays as the browser sent it: it names the store.
const proxy = { "/api": { target: platform.origin, changeOrigin: false } };
const allowedHosts = [".localhost"];

export default defineConfig({
  base: "/admin/",
  plugins: [
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double" }),
    react(),
    mantineStyles(),
  ],
  resolve: { alias: { "~": fileURLToPath(new URL("src", import.meta.url)) } },
  server: { port: 5173, proxy, allowedHosts },
  preview: { port: 4173, proxy, allowedHosts },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    manifest: true,
    rolldownOptions: {
      output: {
        // What every page needs is one file: fifty small ones compress worse and take fifty requests.
        codeSplitting: {
          groups: [
            // The routes' own halves; their pages stay files of their own.
            { name: "routes", test: /src[\\/]routes[\\/][^?]*\.tsx$/ },
            {
              name: "base",
              test: /node_modules[\\/](react|react-dom|scheduler|i18next|react-i18next|openapi-fetch|use-sync-external-store)[\\/]|node_modules[\\/]@tanstack[\\/]/,
            },
          ],
        },
      },
    },
  },
});
