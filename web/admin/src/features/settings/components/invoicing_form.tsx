import { Button, Group, Select, Stack, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useTranslation } from "react-i18next";
import { useDraft } from "~/lib/draft.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { LeaveGuard } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Section } from "~/ui/page.tsx";
import {
  type CompanyDetail,
  type InvoicingSettings,
  invoicingSettingsQuery,
  type SetInvoicingSettings,
  saveInvoicingSettings,
} from "../api.ts";
import { invoicingBody, invoicingDraft, PAYMENT_METHODS } from "../schema.ts";

interface InvoicingFormProps {
  companyId: number;
  company: CompanyDetail;
  /** What was chosen for this company. */
  settings: InvoicingSettings | null;
  /** What is stored, for whichever company. */
  stored: InvoicingSettings | null;
}

export function InvoicingForm({ companyId, company, settings, stored }: InvoicingFormProps) {
  const { t } = useTranslation();
  const usual = company.series.find((series) => series.is_usual)?.id ?? null;
  const draft = useDraft(invoicingDraft(settings, usual));
  const { values, errors, patch } = draft;
  const saving = useSave<SetInvoicingSettings, InvoicingSettings>({
    send: (body) => saveInvoicingSettings(stored?.version ?? null, body),
    done: (saved) => {
      queryClient.setQueryData(invoicingSettingsQuery.queryKey, saved);
      draft.reset(invoicingDraft(saved, usual));
      notifications.show({ message: t("common.saved") });
    },
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        queryClient.invalidateQueries({ queryKey: invoicingSettingsQuery.queryKey });
      }
    },
  });
  const series = company.series.map(({ id, name }) => ({ value: String(id), label: name }));
  const methods = company.payment_methods.map(({ id, name }) => ({ value: String(id), label: name }));
  const idOf = (value: string | null) => (value === null ? null : Number(value));
  const textOf = (id: number | null | undefined) => (id == null ? null : String(id));
  const setMethod = (method: string, id: number | null) => {
    const { [method]: _, ...rest } = values.payment_methods;
    patch({ payment_methods: id === null ? rest : { ...rest, [method]: id } });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.save(invoicingBody(companyId, values));
      }}
    >
      <Section title={t("moloni.documents")} text={t("moloni.documentsText")}>
        <Stack maw={520}>
          <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in errors} />
          <Select
            label={t("moloni.series")}
            required
            allowDeselect={false}
            data={series}
            value={textOf(values.document_set_id)}
            error={errors["/document_set_id"]}
            onChange={(value) => patch({ document_set_id: idOf(value) })}
          />
          <Select
            label={t("moloni.creditSeries")}
            placeholder={t("moloni.sameSeries")}
            clearable
            data={series}
            value={textOf(values.credit_note_set_id)}
            error={errors["/credit_note_set_id"]}
            onChange={(value) => patch({ credit_note_set_id: idOf(value) })}
          />
          <Select
            label={t("moloni.kind")}
            allowDeselect={false}
            data={(["invoice_receipt", "simplified_invoice"] as const).map((value) => ({
              value,
              label: t(`documentKinds.${value}`),
            }))}
            value={values.kind}
            error={errors["/kind"]}
            onChange={(value) => patch({ kind: value === "simplified_invoice" ? value : "invoice_receipt" })}
          />
          <Switch
            label={t("moloni.close")}
            description={t("moloni.closeHint")}
            checked={values.close}
            onChange={(event) => patch({ close: event.currentTarget.checked })}
          />
          <Select
            label={t("moloni.exemption")}
            placeholder={t("moloni.noExemption")}
            clearable
            searchable
            data={company.exemptions.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }))}
            value={values.exemption_code}
            error={errors["/exemption_code"]}
            onChange={(exemption_code) => patch({ exemption_code })}
          />
          {PAYMENT_METHODS.map((method) => (
            <Select
              key={method}
              label={t("moloni.method", { method: t(`methods.${method}`) })}
              placeholder={t("moloni.usualMethod")}
              clearable
              data={methods}
              value={textOf(values.payment_methods[method])}
              error={errors[`/payment_methods/${method}`]}
              onChange={(value) => setMethod(method, idOf(value))}
            />
          ))}
          <TextInput
            label={t("moloni.shippingReference")}
            description={t("moloni.shippingReferenceHint")}
            placeholder="ENVIO"
            {...draft.text("shipping_reference")}
          />
          <Group>
            <Button type="submit" loading={saving.isSaving} disabled={values.document_set_id === null}>
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </Section>
      <LeaveGuard isDirty={draft.isDirty && settings !== null} />
    </form>
  );
}
