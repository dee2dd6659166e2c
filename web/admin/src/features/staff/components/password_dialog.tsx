import { Button, Code, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { InvitedStaff } from "../api.ts";

/** A temporary password that is shown this once: the dialog closes by its button only. */
export function PasswordDialog({ invited, onClose }: { invited: InvitedStaff; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      title={<Text fw={600}>{t("staff.passwordTitle", { name: invited.staff.name })}</Text>}
    >
      <Stack>
        <Text size="sm">{t("staff.passwordText", { email: invited.staff.email })}</Text>
        <Code block>{invited.temporary_password}</Code>
        <Text size="sm">
          {t("staff.signsInAt")} <span className="mono">{invited.sign_in_url}</span>
        </Text>
        <Group justify="flex-end">
          <CopyButton value={invited.temporary_password}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? t("common.copied") : t("common.copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("staff.kept")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
