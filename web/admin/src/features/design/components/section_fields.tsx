import { ColorInput, NumberInput, Select, Stack, Switch, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { categoriesQuery } from "~/features/categories/api.ts";
import type { SectionField, SectionType } from "../api.ts";
import { fieldsOf, inLanguage, isAddress, type PlacedSection, type SettingValue } from "../schema.ts";

const TEXT_MAX = 2_000;

interface SectionFieldsProps {
  section: PlacedSection;
  type: SectionType | undefined;
  /** By the setting's name. */
  errorOf: (name: string) => string | undefined;
  onChange: (settings: PlacedSection["settings"], name: string) => void;
}

/** The settings of one section. */
export function SectionFields({ section, type, errorOf, onChange }: SectionFieldsProps) {
  const { i18n } = useTranslation();
  return (
    <Stack gap="sm">
      {fieldsOf(type, section).map((field) => (
        <Field
          key={field.name}
          field={field}
          label={inLanguage(field.label, i18n.language, field.name)}
          value={section.settings[field.name]}
          error={errorOf(field.name)}
          onChange={(value) => {
            const { [field.name]: _, ...rest } = section.settings;
            onChange(value === undefined ? rest : { ...rest, [field.name]: value }, field.name);
          }}
        />
      ))}
    </Stack>
  );
}

interface FieldProps {
  field: SectionField;
  label: string;
  value: SettingValue | undefined;
  error: string | undefined;
  /** Undefined: the theme's own value. */
  onChange: (value: SettingValue | undefined) => void;
}

function Field({ field, label, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const text = value === undefined ? "" : String(value);
  const typed = { label, error, value: text };
  switch (field.kind) {
    case "boolean":
      return (
        <Switch
          label={label}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "number":
      return (
        <NumberInput
          label={label}
          error={error}
          min={field.min}
          max={field.max}
          allowDecimal={false}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => onChange(typeof next === "number" ? next : undefined)}
        />
      );
    case "color":
      return <ColorInput {...typed} format="hex" onChange={(next) => onChange(next || undefined)} />;
    case "choice":
      return (
        <Select
          label={label}
          error={error}
          data={field.options ?? []}
          value={text || null}
          onChange={(next) => onChange(next ?? undefined)}
        />
      );
    case "category":
      return <CategoryField label={label} error={error} value={text} onChange={onChange} />;
    case "long_text":
      return (
        <Textarea
          {...typed}
          autosize
          minRows={3}
          maxLength={field.max ?? TEXT_MAX}
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
        />
      );
    case "url":
    case "text":
      return (
        <TextInput
          {...typed}
          error={error ?? (field.kind === "url" && text !== "" && !isAddress(text) && t("design.noAddress"))}
          inputMode={field.kind === "url" ? "url" : undefined}
          maxLength={field.max ?? TEXT_MAX}
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
        />
      );
  }
}

interface CategoryFieldProps {
  label: string;
  error: string | undefined;
  /** A category's slug. */
  value: string;
  onChange: (value: string | undefined) => void;
}

function CategoryField({ label, error, value, onChange }: CategoryFieldProps) {
  const categories = useQuery(categoriesQuery);
  const data = categories.data?.items.map(({ slug, name }) => ({ value: slug, label: name })) ?? [];
  return (
    <Select
      label={label}
      error={error}
      searchable
      clearable
      data={data}
      value={value || null}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
