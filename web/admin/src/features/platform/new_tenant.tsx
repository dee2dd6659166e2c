import { Button, Group, NumberInput, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { LeaveGuard } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { type CreatedTenant, type CreateTenant, createTenant } from "./api.ts";
import { TenantMade } from "./components/tenant_made.tsx";
import { PLANS, slugOf, TEMPLATES } from "./schema.ts";

const EMPTY = {
  name: "",
  slug: "",
  email: "",
  owner_name: "",
  contact_phone: "",
  tax_number: "",
  plan: "business" as string,
  template_id: "essential" as string,
  trial_days: "" as number | "",
};

export function NewTenant() {
  const { t } = useTranslation();
  const [made, setMade] = useState<CreatedTenant | null>(null);
  const draft = useDraft(EMPTY);
  const { values, patch } = draft;
  const saving = useSave<CreateTenant, CreatedTenant>({
    send: createTenant,
    done: async (created) => {
      setMade(created);
      await queryClient.invalidateQueries({ queryKey: ["tenants", "list"] });
    },
    refused: draft.refuse,
  });
  const submit = () => {
    const { trial_days, owner_name, contact_phone, tax_number, ...needed } = values;
    saving.save({
      ...needed,
      owner_name: owner_name.trim() || null,
      contact_phone: contact_phone.trim() || null,
      tax_number: tax_number.trim() || null,
      trial_days: trial_days === "" ? null : trial_days,
      // As the platform has them.
      country: null,
      locale: null,
      currency: null,
    });
  };
  if (made) {
    return <TenantMade made={made} />;
  }
  return (
    <Page
      title={t("tenants.new")}
      subtitle={t("tenants.newText")}
      back={{ to: "/platform/tenants", label: t("nav.tenants") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="lg" maw={760}>
          <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />
          <Section title={t("tenants.store")}>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput
                label={t("tenants.name")}
                required
                name="name"
                value={values.name}
                error={draft.errors["/name"]}
                onChange={(event) => {
                  const name = event.currentTarget.value;
                  const follows = values.slug === slugOf(values.name);
                  patch(follows ? { name, slug: slugOf(name) } : { name });
                }}
              />
              <TextInput
                label={t("tenants.slug")}
                description={t("tenants.slugHint", { slug: values.slug || "…", host: location.hostname })}
                inputWrapperOrder={["label", "input", "description", "error"]}
                required
                spellCheck={false}
                {...draft.text("slug")}
              />
              <TextInput label="NIF" inputMode="numeric" {...draft.text("tax_number")} />
            </SimpleGrid>
          </Section>
          <Section title={t("tenants.owner")} text={t("tenants.ownerText")}>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput label={t("orders.email")} type="email" required {...draft.text("email")} />
              <TextInput label={t("customers.name")} {...draft.text("owner_name")} />
              <TextInput
                label={t("orders.phone")}
                type="tel"
                placeholder="+351"
                {...draft.text("contact_phone")}
              />
            </SimpleGrid>
          </Section>
          <Section title={t("tenants.offer")}>
            <SimpleGrid cols={{ base: 1, sm: 3 }}>
              <Select
                label={t("tenants.plan")}
                allowDeselect={false}
                data={PLANS.map((value) => ({ value, label: t(`plans.${value}`) }))}
                value={values.plan}
                error={draft.errors["/plan"]}
                onChange={(plan) => patch({ plan: plan ?? values.plan })}
              />
              <Select
                label={t("tenants.template")}
                allowDeselect={false}
                data={TEMPLATES.map((value) => ({ value, label: t(`templates.${value}`) }))}
                value={values.template_id}
                error={draft.errors["/template_id"]}
                onChange={(template_id) => patch({ template_id: template_id ?? values.template_id })}
              />
              <NumberInput
                label={t("tenants.trial")}
                placeholder={t("tenants.trialUsual")}
                min={0}
                max={90}
                allowDecimal={false}
                value={values.trial_days}
                error={draft.errors["/trial_days"]}
                onChange={(value) => patch({ trial_days: typeof value === "number" ? value : "" })}
              />
            </SimpleGrid>
          </Section>
          <Group>
            <Button type="submit" loading={saving.isSaving}>
              {t("tenants.create")}
            </Button>
          </Group>
        </Stack>
      </form>
      <LeaveGuard isDirty={draft.isDirty} />
    </Page>
  );
}
