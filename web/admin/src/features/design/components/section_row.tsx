import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconGripVertical, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldErrors } from "~/lib/draft.ts";
import type { SectionType } from "../api.ts";
import { inLanguage, type PlacedSection } from "../schema.ts";
import { SectionFields } from "./section_fields.tsx";

interface SectionRowProps {
  section: PlacedSection;
  at: number;
  count: number;
  type: SectionType | undefined;
  errors: FieldErrors;
  onDrag: () => void;
  onDrop: () => void;
  onMove: (to: number) => void;
  onRemove: () => void;
  onSettings: (settings: PlacedSection["settings"], name: string) => void;
}

/** One section: its place, its way out, and its settings. */
export function SectionRow(props: SectionRowProps) {
  const { section, at, count, type, errors, onMove } = props;
  const { t, i18n } = useTranslation();
  const pointer = `/sections/home/${at}`;
  const isWrong = Object.keys(errors).some((key) => key.startsWith(`${pointer}/`));
  const [isOpen, setOpen] = useState(false);
  const name = inLanguage(type?.name ?? {}, i18n.language, section.type);
  return (
    <li
      className="card"
      draggable
      onDragStart={props.onDrag}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        props.onDrop();
      }}
    >
      <Group justify="space-between" p="xs" wrap="nowrap">
        <Group gap="xs" wrap="nowrap">
          <IconGripVertical size={16} aria-hidden style={{ cursor: "grab" }} />
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={isOpen}
            onClick={() => setOpen((before) => !before)}
          >
            {name}
          </Button>
        </Group>
        <Group gap={4} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            aria-label={t("design.up", { name })}
            disabled={at === 0}
            onClick={() => onMove(at - 1)}
          >
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            aria-label={t("design.down", { name })}
            disabled={at === count - 1}
            onClick={() => onMove(at + 1)}
          >
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="red.9"
            aria-label={t("design.remove", { name })}
            onClick={props.onRemove}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      </Group>
      {errors[`${pointer}/type`] && (
        <Text size="sm" px="md" pb="xs" c="red.9">
          {errors[`${pointer}/type`]}
        </Text>
      )}
      {(isOpen || isWrong) && (
        <div className="card-body">
          <SectionFields
            section={section}
            type={type}
            errorOf={(setting) => errors[`${pointer}/settings/${setting}`] ?? errors[`${pointer}/settings`]}
            onChange={props.onSettings}
          />
        </div>
      )}
    </li>
  );
}
