import { ColorInput, MultiSelect, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Notice } from "~/ui/notice.tsx";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Label } from "~/ui/state.tsx";
import { type MailSettings, mailSettingsQuery, type SaveMailSettings, saveMailSettings } from "./api.ts";
import { SettingsForm } from "./form.tsx";

const ROLES = ["owner", "manager", "catalog", "fulfilment", "accounting", "viewer"] as const;

function draftOf(view: MailSettings) {
  return {
    accent: view.accent,
    reply_to: view.reply_to ?? "",
    sender_email: view.sender_email ?? "",
    sender_name: view.sender_name ?? "",
    new_order_roles: view.new_order_roles,
    low_stock_roles: view.low_stock_roles,
  };
}

function bodyOf(draft: ReturnType<typeof draftOf>): SaveMailSettings {
  const known = (roles: string[]) => ROLES.filter((role) => roles.includes(role));
  return {
    accent: draft.accent,
    reply_to: draft.reply_to.trim() || null,
    sender_email: draft.sender_email.trim() || null,
    sender_name: draft.sender_name.trim() || null,
    new_order_roles: known(draft.new_order_roles),
    low_stock_roles: known(draft.low_stock_roles),
  };
}

export function MailSettingsPage() {
  const { t } = useTranslation();
  const query = useQuery(mailSettingsQuery);
  const roles = ROLES.map((value) => ({ value, label: t(`roles.${value}`) }));
  return (
    <Loaded query={query}>
      {(view) => (
        <SettingsForm
          view={view}
          queryKey={mailSettingsQuery.queryKey}
          draftOf={draftOf}
          send={(values, version) => saveMailSettings(version, bodyOf(values))}
        >
          {(draft) => (
            <Stack gap="lg">
              <Section title={t("mailSettings.look")}>
                <Stack maw={460}>
                  <ColorInput
                    label={t("mailSettings.accent")}
                    description={t("mailSettings.accentHint")}
                    format="hex"
                    eyeDropperButtonProps={{ "aria-label": t("mailSettings.pick") }}
                    value={draft.values.accent}
                    error={draft.errors["/accent"]}
                    onChange={(accent) => draft.patch({ accent })}
                  />
                  <TextInput
                    label={t("mailSettings.replyTo")}
                    description={t("mailSettings.replyToHint")}
                    type="email"
                    {...draft.text("reply_to")}
                  />
                </Stack>
              </Section>
              <Section title={t("mailSettings.sender")} text={t("mailSettings.senderText")}>
                <Stack maw={460}>
                  {view.sender_problem && <Notice tone="warn">{t("mailSettings.unverified")}</Notice>}
                  {view.sender_email && view.sender_verified_at && (
                    <Text size="sm">
                      <Label tone="good">{t("mailSettings.verified")}</Label>
                    </Text>
                  )}
                  <TextInput
                    label={t("mailSettings.senderEmail")}
                    type="email"
                    {...draft.text("sender_email")}
                  />
                  <TextInput label={t("mailSettings.senderName")} {...draft.text("sender_name")} />
                </Stack>
              </Section>
              <Section title={t("mailSettings.notices")} text={t("mailSettings.noticesText")}>
                <Stack maw={460}>
                  <MultiSelect
                    label={t("mailSettings.newOrder")}
                    data={roles}
                    value={draft.values.new_order_roles}
                    error={draft.errors["/new_order_roles"]}
                    onChange={(value) => draft.patch({ new_order_roles: value })}
                  />
                  <MultiSelect
                    label={t("mailSettings.lowStock")}
                    data={roles}
                    value={draft.values.low_stock_roles}
                    error={draft.errors["/low_stock_roles"]}
                    onChange={(value) => draft.patch({ low_stock_roles: value })}
                  />
                </Stack>
              </Section>
            </Stack>
          )}
        </SettingsForm>
      )}
    </Loaded>
  );
}
