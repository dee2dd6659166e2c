import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent. Shade 7 carries white text at 6.3:1, shade 4 dark text on dark pages. */
const pine: MantineColorsTuple = [
  "#eef8f5",
  "#d9eee7",
  "#b2ddcf",
  "#86cab5",
  "#5cb69c",
  "#349a80",
  "#1f806a",
  "#166655",
  "#125245",
  "#0d4037",
];

const gray: MantineColorsTuple = [
  "#f7f8f9",
  "#eff1f3",
  "#e4e7ea",
  "#d5dade",
  "#bcc3ca",
  "#8d97a1",
  "#5f6a75",
  "#4a545e",
  "#333b43",
  "#1c2227",
];

const dark: MantineColorsTuple = [
  "#e3e6e9",
  "#c3c9cf",
  "#a5adb5",
  "#7c8690",
  "#57616b",
  "#3a434c",
  "#2b333b",
  "#1a2025",
  "#13181c",
  "#0d1114",
];

export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: { pine, gray, dark },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.5rem", lineHeight: "1.25" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.35" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.4" },
    },
  },
  defaultRadius: "md",
  cursorType: "pointer",
  components: {
    Button: { defaultProps: { size: "sm" } },
    // The focus goes to a menu's first item: what would hold it otherwise is nothing that a menu may have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4, blur: 2 } } },
    Tooltip: { defaultProps: { openDelay: 300 } },
    Select: { defaultProps: { checkIconPosition: "right" } },
  },
});

/** Mantine's own choices fall below 4.5:1 in places; these do not. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": gray[9],
    "--mantine-color-dimmed": gray[6],
    "--mantine-color-placeholder": gray[6],
    "--mantine-color-anchor": pine[7],
    "--mantine-color-error": "#b42318",
    "--stores-canvas": gray[0],
    "--stores-line": gray[2],
    "--stores-good": "#1f806a",
    "--stores-warn": "#b54708",
    "--stores-bad": "#b42318",
    "--stores-info": "#1f5fa8",
  },
  dark: {
    "--mantine-color-body": dark[7],
    "--mantine-color-text": dark[0],
    "--mantine-color-dimmed": dark[2],
    "--mantine-color-placeholder": dark[3],
    "--mantine-color-anchor": pine[3],
    "--mantine-color-error": "#f3887f",
    "--stores-canvas": dark[8],
    "--stores-line": dark[6],
    "--stores-good": pine[4],
    "--stores-warn": "#f0a35e",
    "--stores-bad": "#f3887f",
    "--stores-info": "#7fb2ea",
  },
});
