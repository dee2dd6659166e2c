import { Text, TextInput, type TextInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { type Money, type ParsedAmount, parseAmount } from "~/lib/money.ts";

export function MoneyText({ value, muted }: { value: Money; muted?: boolean }) {
  const format = useFormat();
  return (
    <Text component="span" inherit className="num" c={muted ? "dimmed" : undefined}>
      {format.money(value)}
    </Text>
  );
}

/** Says what is wrong with an amount that was typed; nothing when it is right, or empty and may be. */
export function useAmountFault(): (parsed: ParsedAmount, isOptional?: boolean) => string | undefined {
  const { t } = useTranslation();
  return (parsed, isOptional) => {
    if (parsed.ok || (isOptional && parsed.reason === "empty")) {
      return undefined;
    }
    return t(`amount.${parsed.reason}`);
  };
}

type MoneyFieldProps = Omit<TextInputProps, "value" | "onChange"> & {
  value: string;
  currency: string;
  onChange: (text: string) => void;
  isOptional?: boolean;
};

/** Amounts are typed as text and read by `parseAmount`; what cannot be read is said at once. */
export function MoneyField({ value, currency, onChange, isOptional, error, ...rest }: MoneyFieldProps) {
  const fault = useAmountFault();
  const own = value === "" ? undefined : fault(parseAmount(value, currency), isOptional);
  return (
    <TextInput
      {...rest}
      inputMode="decimal"
      autoComplete="off"
      value={value}
      error={error ?? own}
      rightSection={
        <Text size="xs" c="dimmed" aria-hidden>
          {currency}
        </Text>
      }
      rightSectionWidth={44}
      onChange={(event) => onChange(event.currentTarget.value)}
      className="num"
    />
  );
}
