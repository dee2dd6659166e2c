import { ActionIcon, AppShell, Burger, Button, Group, Kbd, Text } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLater } from "~/lib/later.ts";
import { useSession } from "~/lib/session.ts";
import { ActingBanner } from "./components/acting_banner.tsx";
import { Messages } from "./components/messages.tsx";
import { NavigationList } from "./components/navigation_list.tsx";
import { OfflineBanner } from "./components/offline_banner.tsx";
import { PersonMenu } from "./components/person_menu.tsx";
import { SchemeSwitch } from "./components/scheme_switch.tsx";

// Nobody loads them who does not use them.
const loadPalette = () => import("./components/palette.tsx");
const ExpiredSession = lazy(() => import("~/features/session/components/expired.tsx"));

/** What stands around every page. */
export function Shell() {
  const { t } = useTranslation();
  const [isOpen, menu] = useDisclosure(false);
  const { status } = useSession();
  const [palette, setPalette] = useState(0);
  const Palette = useLater(palette, loadPalette);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const openPalette = () => setPalette((count) => count + 1);
  useHotkeys([["mod+K", openPalette]], []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the menu closes whenever the page changes
  useEffect(() => menu.close(), [path]);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "md", sm: "xl" }}
    >
      <a href="#content" className="skip">
        {t("shell.skip")}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("shell.menu")}
            />
            <img src="/admin/icon.svg" width={26} height={26} alt="" />
            <Text fw={650} visibleFrom="sm">
              Virtual Stores
            </Text>
          </Group>
          <Button
            variant="default"
            onClick={openPalette}
            visibleFrom="sm"
            w={280}
            justify="space-between"
            leftSection={<IconSearch size={15} aria-hidden />}
            rightSection={
              <Kbd size="xs" aria-hidden>
                Ctrl K
              </Kbd>
            }
            fw={400}
            c="dimmed"
          >
            {t("shell.search")}
          </Button>
          <Group gap={4} wrap="nowrap">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              hiddenFrom="sm"
              aria-label={t("shell.search")}
              onClick={openPalette}
            >
              <IconSearch size={18} />
            </ActionIcon>
            <SchemeSwitch />
            <PersonMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className="places" aria-label={t("shell.navigation")}>
        <NavigationList />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 0 }}>
        <ActingBanner />
        <OfflineBanner />
        <Outlet />
      </AppShell.Main>
      <Messages />
      {Palette && <Palette opening={palette} />}
      {status === "expired" && (
        <Suspense>
          <ExpiredSession />
        </Suspense>
      )}
    </AppShell>
  );
}
