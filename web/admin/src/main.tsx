import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.css";
import "~/ui/ui.css";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { resumeActing } from "~/lib/acting.ts";
import { client } from "~/lib/api.ts";
import { startLanguage } from "~/lib/language.ts";
import { queryClient } from "~/lib/queries.ts";
import { router } from "~/router.tsx";
import { cssVariables, theme } from "~/theme.ts";

const colorSchemes = localStorageColorSchemeManager({ key: "stores-color-scheme" });

// Both at once: words, and whether the browser's cookie still opens a session. Without a network the
// sign-in page says so.
await Promise.all([startLanguage(), client.refresh().catch(() => null)]);
resumeActing();

const root = document.getElementById("root");
if (!root) {
  throw new Error("index.html has no #root");
}
createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
