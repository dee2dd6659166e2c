import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface ConfirmProps {
  opened: boolean;
  title: string;
  children: ReactNode;
  confirm: string;
  isDangerous?: boolean;
  isBusy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={<Text fw={600}>{props.title}</Text>}>
      <Stack>
        <Text component="div" size="sm">
          {props.children}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {t("common.cancel")}
          </Button>
          <Button
            color={props.isDangerous ? "red.9" : undefined}
            loading={props.isBusy}
            onClick={() => props.onConfirm()}
          >
            {props.confirm}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Holds whoever leaves a page with unsaved changes, by link, by history or by closing the tab. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  });
  return (
    <Modal
      opened={blocker.status === "blocked"}
      onClose={() => blocker.reset?.()}
      title={<Text fw={600}>{t("leave.title")}</Text>}
    >
      <Stack>
        <Text size="sm">{t("leave.text")}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" color="red" onClick={() => blocker.proceed?.()}>
            {t("leave.leave")}
          </Button>
          <Button onClick={() => blocker.reset?.()} data-autofocus>
            {t("leave.stay")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface ConflictProps {
  opened: boolean;
  /** Saves mine over what the other person saved. */
  onOverwrite: () => void;
  /** Shows theirs; mine is lost. */
  onTakeTheirs: () => void;
  onClose: () => void;
}

/** Somebody else saved first: nothing was written, and both ways on are offered. */
export function ConflictDialog({ opened, onOverwrite, onTakeTheirs, onClose }: ConflictProps) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={600}>{t("conflict.title")}</Text>}>
      <Stack>
        <Text size="sm">{t("conflict.text")}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onTakeTheirs}>
            {t("conflict.theirs")}
          </Button>
          <Button onClick={onOverwrite}>{t("conflict.mine")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
