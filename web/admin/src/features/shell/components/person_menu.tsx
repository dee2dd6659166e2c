import { ActionIcon } from "@mantine/core";
import { IconUserCircle } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLater, useQuietMoments } from "~/lib/later.ts";

const loadMenu = () => import("./person_dropdown.tsx");

/** The button is there at once; its menu comes when the page stands, so that it is there when the network is not. */
export function PersonMenu() {
  const { t } = useTranslation();
  const id = useId();
  const [button, setButton] = useState<HTMLButtonElement | null>(null);
  const [isOpen, setOpen] = useState(false);
  const [presses, setPresses] = useState(0);
  const Dropdown = useLater(useQuietMoments() + presses, loadMenu);
  const isShown = isOpen && Dropdown !== null;
  const press = () => {
    setPresses((count) => count + 1);
    setOpen(!isShown);
  };
  return (
    <>
      <ActionIcon
        ref={setButton}
        id={id}
        variant="subtle"
        color="gray"
        size="lg"
        radius="xl"
        aria-label={t("shell.account")}
        aria-haspopup="menu"
        aria-expanded={isShown}
        aria-controls={isShown ? `${id}-dropdown` : undefined}
        onClick={press}
      >
        <IconUserCircle size={24} stroke={1.6} />
      </ActionIcon>
      {Dropdown && button && <Dropdown id={id} button={button} isOpen={isOpen} onChange={setOpen} />}
    </>
  );
}
