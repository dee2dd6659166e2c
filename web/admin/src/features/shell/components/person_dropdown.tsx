import { Box, Menu, Text } from "@mantine/core";
import { IconKey, IconLogout } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { type Ref, useEffect, useImperativeHandle, useState } from "react";
import { useTranslation } from "react-i18next";
import { logOut } from "~/features/session/api.ts";
import { actIn } from "~/lib/acting.ts";
import { usePerson } from "~/lib/session.ts";
import { LanguageItems } from "./language_items.tsx";

interface PersonDropdownProps {
  /** The button's own; the menu is named by it. */
  id: string;
  button: HTMLButtonElement;
  isOpen: boolean;
  onChange: (isOpen: boolean) => void;
}

export default function PersonDropdown({ id, button, isOpen, onChange }: PersonDropdownProps) {
  const { t } = useTranslation();
  const person = usePerson();
  const navigate = useNavigate();
  // It opens after it was there shut: only then it knows where the focus goes back to.
  const [isThere, setThere] = useState(false);
  useEffect(() => setThere(true), []);
  const leave = async () => {
    await logOut();
    actIn(null);
    navigate({ to: "/sign-in", ignoreBlocker: true });
  };
  return (
    <Menu
      id={id}
      opened={isOpen && isThere}
      onChange={onChange}
      position="bottom-end"
      width={240}
      withinPortal
    >
      <Menu.Target>
        <Standing button={button} />
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
        <LanguageItems />
        <Menu.Divider />
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

/** Hands the menu the button that already stands on the page. */
function Standing({ button, ref }: { button: HTMLButtonElement; ref?: Ref<HTMLButtonElement> }) {
  useImperativeHandle(ref, () => button, [button]);
  return null;
}
