import { Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface SaveBarProps {
  isDirty: boolean;
  isSaving: boolean;
  onSave: () => void;
  onReset: () => void;
}

/** Appears with the first change and stays in sight until it is saved or undone. */
export function SaveBar({ isDirty, isSaving, onSave, onReset }: SaveBarProps) {
  const { t } = useTranslation();
  if (!isDirty) {
    return null;
  }
  return (
    <section className="savebar" aria-label={t("common.unsaved")}>
      <Text size="sm" fw={500}>
        {t("common.unsaved")}
      </Text>
      <Group gap="xs">
        <Button variant="default" onClick={onReset} disabled={isSaving}>
          {t("common.discard")}
        </Button>
        <Button onClick={onSave} loading={isSaving}>
          {t("common.save")}
        </Button>
      </Group>
    </section>
  );
}
