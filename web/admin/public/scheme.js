// Before anything is painted, so that a dark page does not flash white. A file of its own, because the
// content security policy allows no scripts inside the page.
(() => {
  const chosen = localStorage.getItem("stores-color-scheme") ?? "auto";
  const isDark =
    chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", isDark ? "dark" : "light");
})();
