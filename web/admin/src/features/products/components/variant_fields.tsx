import { Checkbox, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldErrors } from "~/lib/draft.ts";
import { MoneyField } from "~/ui/money.tsx";
import { type ProductDraft, VAT_CLASSES, type VariantDraft } from "../schema.ts";

interface VariantFieldsProps {
  variant: VariantDraft;
  at: number;
  currency: string;
  errors: FieldErrors;
  images: ProductDraft["images"];
  onChange: (part: Partial<VariantDraft>) => void;
}

type TextName = "sku" | "barcode" | "weight_grams" | "exemption_code";
type AmountName = "price" | "compare_at" | "cost";

export function VariantFields({ variant, at, currency, errors, images, onChange }: VariantFieldsProps) {
  const { t } = useTranslation();
  const error = (name: string) => errors[`/variants/${at}/${name}`];
  const text = (name: TextName) => ({
    value: variant[name],
    error: error(name),
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ [name]: event.currentTarget.value }),
  });
  const amount = (name: AmountName) => ({
    value: variant[name],
    currency,
    error: error(name),
    onChange: (value: string) => onChange({ [name]: value }),
  });
  const pictures = images.map((image, index) => ({
    value: image.media_id,
    label: image.alt || t("products.imageNumber", { number: index + 1 }),
  }));
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }}>
        <MoneyField label={t("products.price")} required {...amount("price")} />
        <MoneyField label={t("products.compareAt")} isOptional {...amount("compare_at")} />
        <MoneyField label={t("products.cost")} isOptional {...amount("cost")} />
        <TextInput label="SKU" required {...text("sku")} />
        <TextInput label={t("products.barcode")} inputMode="numeric" {...text("barcode")} />
        <TextInput label={t("products.weight")} inputMode="numeric" {...text("weight_grams")} />
        <Select
          label={t("products.vatClass")}
          allowDeselect={false}
          value={variant.vat_class}
          error={error("vat_class")}
          data={VAT_CLASSES.map((value) => ({ value, label: t(`vat.${value}`) }))}
          onChange={(value) =>
            onChange({ vat_class: VAT_CLASSES.find((known) => known === value) ?? "standard" })
          }
        />
        {variant.vat_class === "exempt" && (
          <TextInput label={t("products.exemption")} placeholder="M07" required {...text("exemption_code")} />
        )}
        {pictures.length > 1 && (
          <Select
            label={t("products.variantImage")}
            placeholder={t("products.mainImage")}
            clearable
            value={variant.image_id}
            data={pictures}
            onChange={(image_id) => onChange({ image_id })}
          />
        )}
      </SimpleGrid>
      <Checkbox
        label={t("products.trackStock")}
        checked={variant.track_stock}
        onChange={(event) => onChange({ track_stock: event.currentTarget.checked })}
      />
      <Checkbox
        label={t("products.variantActive")}
        checked={variant.active}
        onChange={(event) => onChange({ active: event.currentTarget.checked })}
      />
    </Stack>
  );
}
