import { ActionIcon, Box, Menu, Text } from "@mantine/core";
import { IconKey, IconLogout, IconUserCircle } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { logOut } from "~/features/session/api.ts";
import { actIn } from "~/lib/acting.ts";
import { usePerson } from "~/lib/session.ts";
import { LanguageSwitch } from "./language_switch.tsx";

export function PersonMenu() {
  const { t } = useTranslation();
  const person = usePerson();
  const navigate = useNavigate();
  const leave = async () => {
    await logOut();
    actIn(null);
    navigate({ to: "/sign-in", ignoreBlocker: true });
  };
  return (
    <Menu position="bottom-end" width={240} withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" radius="xl" aria-label={t("shell.account")}>
          <IconUserCircle size={24} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Box px="sm" py="xs">
          <Text fw={600} truncate>
            {person.tenant?.name ?? t("shell.platform")}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {person.email}
          </Text>
          <Text size="xs" c="dimmed">
            {t(`roles.${person.role}` as "roles.owner", person.role)}
          </Text>
        </Box>
        <Menu.Divider />
        <Box px="xs" pb="xs">
          <LanguageSwitch />
        </Box>
        <Menu.Item component={Link} to="/account" leftSection={<IconKey size={16} aria-hidden />}>
          {t("shell.password")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={leave}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
