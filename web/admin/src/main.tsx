import "@fontsource-variable/inter/wght.css";
import "~/ui/mantine.css";
import "~/ui/ui.css";
import { localStorageColorSchemeManager, MantineProvider, mergeThemeOverrides } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { useTranslation } from "react-i18next";
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
    <Panel />
  </StrictMode>,
);

function Panel() {
  const close = useTranslation().t("common.close");
  // The cross that closes dialogs and messages is only a sign: here it gets its name.
  const named = useMemo(() => {
    const components = { CloseButton: { defaultProps: { "aria-label": close } } };
    return mergeThemeOverrides(theme, { components });
  }, [close]);
  return (
    <MantineProvider
      theme={named}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
