import "@mantine/spotlight/styles.css";
import { openSpotlight, Spotlight } from "@mantine/spotlight";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "~/lib/permissions.ts";
import { usePlaces } from "./navigation_list.tsx";

/** Goes anywhere by name, and looks for orders and products. `opening` grows with each wish to open it. */
export default function Palette({ opening }: { opening: number }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  const groups = usePlaces();
  const [query, setQuery] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: it opens with each new wish
  useEffect(() => openSpotlight(), [opening]);

  const places = groups
    .flatMap((group) => group.places)
    .map(({ to, name, icon: Icon }) => ({
      id: String(to),
      label: t(`nav.${name}`),
      leftSection: <Icon size={18} aria-hidden />,
      onClick: () => void navigate({ to }),
    }));
  const q = query.trim();
  const deeds = [
    may("orders.read") &&
      q && {
        id: "find-order",
        label: t("palette.order", { q }),
        keywords: q,
        leftSection: <IconSearch size={18} aria-hidden />,
        onClick: () => void navigate({ to: "/orders", search: { q } }),
      },
    may("catalog.read") &&
      q && {
        id: "find-product",
        label: t("palette.product", { q }),
        keywords: q,
        leftSection: <IconSearch size={18} aria-hidden />,
        onClick: () => void navigate({ to: "/products", search: { q } }),
      },
    may("catalog.edit") && {
      id: "new-product",
      label: t("products.new"),
      leftSection: <IconPlus size={18} aria-hidden />,
      onClick: () => void navigate({ to: "/products/new" }),
    },
  ].filter((deed) => typeof deed === "object");
  return (
    <Spotlight
      actions={[...places, ...deeds]}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      nothingFound={t("palette.nothing")}
      highlightQuery
      searchProps={{ placeholder: t("shell.search"), "aria-label": t("shell.search") }}
    />
  );
}
