import { Anchor, NumberInput, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Draft } from "~/lib/draft.ts";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { SettingsForm } from "./form.tsx";
import { saveStoreSettings, storeSettingsQuery } from "./store_api.ts";
import { type StoreDraft, storeBody, storeDraft } from "./store_schema.ts";

/** What the store says of itself, and what the law asks it to say. */
export function StoreSettingsPage() {
  const query = useQuery(storeSettingsQuery);
  return (
    <Loaded query={query}>
      {(view) => (
        <SettingsForm
          view={view}
          queryKey={storeSettingsQuery.queryKey}
          draftOf={storeDraft}
          send={(values, version) => saveStoreSettings(version, storeBody(values))}
        >
          {(draft) => (
            <Stack>
              <ContactSection draft={draft} url={view.url} />
              <LegalSection draft={draft} />
              <DisputeSection draft={draft} />
              <AgeSection draft={draft} />
            </Stack>
          )}
        </SettingsForm>
      )}
    </Loaded>
  );
}

interface PartProps {
  draft: Draft<StoreDraft>;
}

function ContactSection({ draft, url }: PartProps & { url: string }) {
  const { t } = useTranslation();
  return (
    <Section title={t("store.contact")} text={t("store.contactText")}>
      <Stack maw={460}>
        <TextInput label={t("store.name")} required maxLength={120} {...draft.text("name")} />
        <TextInput label={t("store.email")} type="email" required {...draft.text("contact_email")} />
        <TextInput label={t("store.phone")} type="tel" {...draft.text("contact_phone")} />
        <Text size="sm">
          {t("store.address")}:{" "}
          <Anchor href={url} target="_blank" rel="noreferrer">
            {url}
          </Anchor>
        </Text>
      </Stack>
    </Section>
  );
}

function LegalSection({ draft }: PartProps) {
  const { t } = useTranslation();
  const { address } = draft.values;
  const field = (name: keyof StoreDraft["address"]) => ({
    name: `address.${name}`,
    value: address[name],
    error: draft.errors[`/address/${name}`],
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      draft.patchWithin({ address: { ...address, [name]: event.currentTarget.value } }, [`address/${name}`]),
  });
  return (
    <Section title={t("store.legal")} text={t("store.legalText")}>
      <Stack maw={620}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={t("store.legalName")} maxLength={200} {...draft.text("legal_name")} />
          <TextInput label={t("store.taxNumber")} {...draft.text("tax_number")} />
        </SimpleGrid>
        <TextInput label={t("store.line1")} autoComplete="address-line1" {...field("line1")} />
        <TextInput label={t("store.line2")} autoComplete="address-line2" {...field("line2")} />
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <TextInput label={t("store.postcode")} autoComplete="postal-code" {...field("postcode")} />
          <TextInput label={t("store.city")} autoComplete="address-level2" {...field("city")} />
          <TextInput label={t("store.country")} maxLength={2} {...field("country")} />
        </SimpleGrid>
      </Stack>
    </Section>
  );
}

function DisputeSection({ draft }: PartProps) {
  const { t } = useTranslation();
  const { dispute_body } = draft.values;
  const field = (name: keyof StoreDraft["dispute_body"]) => ({
    name: `dispute_body.${name}`,
    value: dispute_body[name],
    error: draft.errors[`/dispute_body/${name}`],
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      draft.patchWithin({ dispute_body: { ...dispute_body, [name]: event.currentTarget.value } }, [
        `dispute_body/${name}`,
      ]),
  });
  return (
    <Section title={t("store.disputes")} text={t("store.disputesText")}>
      <Stack maw={620}>
        <TextInput
          label={t("store.complaintsBook")}
          description={t("store.complaintsBookHint")}
          placeholder="https://"
          inputMode="url"
          {...draft.text("complaints_book_url")}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={t("store.disputeBody")} {...field("name")} />
          <TextInput label={t("store.disputeUrl")} placeholder="https://" inputMode="url" {...field("url")} />
        </SimpleGrid>
      </Stack>
    </Section>
  );
}

function AgeSection({ draft }: PartProps) {
  const { t } = useTranslation();
  const { minimum_age } = draft.values;
  return (
    <Section title={t("store.age")} text={t("store.ageText")}>
      <Stack maw={460}>
        <Switch
          label={t("store.ageAsk")}
          checked={minimum_age !== null}
          onChange={(event) => draft.patch({ minimum_age: event.currentTarget.checked ? 18 : null })}
        />
        {minimum_age !== null && (
          <NumberInput
            label={t("store.minimumAge")}
            required
            min={1}
            max={25}
            allowDecimal={false}
            value={minimum_age}
            error={draft.errors["/minimum_age"]}
            onChange={(value) => draft.patch({ minimum_age: typeof value === "number" ? value : "" })}
          />
        )}
      </Stack>
    </Section>
  );
}
