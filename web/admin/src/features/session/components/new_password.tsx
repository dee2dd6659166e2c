import { PasswordInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Draft, FieldErrors } from "~/lib/draft.ts";
import { passwordFault } from "../schema.ts";

export interface NewPassword {
  new_password: string;
  repeated: string;
}

/** A new password, typed twice. */
export function NewPasswordFields<T extends NewPassword>({ draft }: { draft: Draft<T> }) {
  const { t } = useTranslation();
  const show = { "aria-label": t("signIn.show") };
  const field = (name: "new_password" | "repeated") => ({
    name,
    value: draft.values[name],
    error: draft.errors[`/${name}`],
    onChange: (event: { currentTarget: { value: string } }) =>
      draft.patch({ [name]: event.currentTarget.value } as Partial<T>),
  });
  return (
    <>
      <PasswordInput
        label={t("signIn.newPassword")}
        description={t("signIn.newPasswordHint")}
        autoComplete="new-password"
        required
        visibilityToggleButtonProps={show}
        {...field("new_password")}
      />
      <PasswordInput
        label={t("signIn.repeat")}
        autoComplete="new-password"
        required
        visibilityToggleButtonProps={show}
        {...field("repeated")}
      />
    </>
  );
}

export function useNewPasswordCheck(): (values: NewPassword) => FieldErrors {
  const { t } = useTranslation();
  return ({ new_password, repeated }) => {
    const fault = passwordFault(new_password, repeated);
    if (fault === null) {
      return {};
    }
    const pointer = fault === "different" ? "/repeated" : "/new_password";
    return { [pointer]: t(`signIn.fault.${fault}`) };
  };
}
