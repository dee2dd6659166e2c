import { Button, Select, Stack, Text } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { connectionQuery } from "~/features/invoices/api.ts";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { Notice, ProblemNotice } from "~/ui/notice.tsx";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { StateBadge } from "~/ui/state.tsx";
import {
  beginConnection,
  companiesQuery,
  companyQuery,
  endConnection,
  type InvoicingSettings,
  invoicingSettingsQuery,
} from "./api.ts";
import { InvoicingForm } from "./components/invoicing_form.tsx";

/** The store's Moloni: the connection, and how documents are issued there. `moloni` tells how a connection went. */
export function InvoicingSettingsPage({ moloni }: { moloni: string | undefined }) {
  const { t, i18n } = useTranslation();
  const connection = useQuery(connectionQuery);
  const outcome = moloni && `moloni.outcome.${moloni}`;
  return (
    <Stack>
      {outcome && i18n.exists(outcome) && (
        <Notice tone={moloni === "connected" ? "good" : "bad"}>
          {t(outcome as "moloni.outcome.connected")}
        </Notice>
      )}
      <Loaded query={connection}>
        {(view) => (
          <>
            <Connection state={view.state} available={view.available} since={view.connected_at ?? null} />
            {view.state === "connected" && <Choices />}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

interface ConnectionProps {
  state: string;
  available: boolean;
  since: string | null;
}

function Connection({ state, available, since }: ConnectionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const [isAsking, setAsking] = useState(false);
  const connecting = useSave<void, string>({ send: beginConnection, done: (url) => location.assign(url) });
  const leaving = useSave({ send: endConnection, done: () => setAsking(false) });
  const canManage = may("invoices.manage") && available;
  const isConnected = state === "connected";
  const actions = canManage && (
    <>
      {isConnected && (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t("moloni.disconnect")}
        </Button>
      )}
      {!isConnected && (
        <Button
          loading={connecting.isSaving}
          onClick={() => connecting.save()}
          rightSection={<IconExternalLink size={15} aria-hidden />}
        >
          {state === "lost" ? t("moloni.reconnect") : t("moloni.connect")}
        </Button>
      )}
    </>
  );
  return (
    <Section title="Moloni" text={t("moloni.text")} actions={actions}>
      <ProblemNotice problem={connecting.problem} />
      {!available && <Notice tone="info">{t("moloni.unavailable")}</Notice>}
      <Text size="sm" component="div">
        <StateBadge state={state === "none" ? "notConnected" : state} />
        {since && isConnected && ` · ${t("moloni.since", { at: format.date(since) })}`}
      </Text>
      <Confirm
        opened={isAsking}
        isDangerous
        title={t("moloni.disconnectTitle")}
        confirm={t("moloni.disconnect")}
        isBusy={leaving.isSaving}
        onConfirm={leaving.save}
        onClose={() => setAsking(false)}
      >
        {t("moloni.disconnectText")}
        <ProblemNotice problem={leaving.problem} />
      </Confirm>
    </Section>
  );
}

function Choices() {
  const settings = useQuery(invoicingSettingsQuery);
  return <Loaded query={settings}>{(view) => <CompanyChoice settings={view} />}</Loaded>;
}

/** The company is chosen first: series, ways to pay and reasons are its own. */
function CompanyChoice({ settings }: { settings: InvoicingSettings | null }) {
  const { t } = useTranslation();
  const may = useMay();
  const canManage = may("invoices.manage");
  const companies = useQuery({ ...companiesQuery, enabled: canManage });
  const [chosen, setChosen] = useState<number | null>(settings?.company_id ?? null);
  const company = useQuery({ ...companyQuery(chosen ?? 0), enabled: canManage && chosen !== null });
  if (!canManage) {
    return null;
  }
  const own = settings?.company_id === chosen ? settings : null;
  return (
    <>
      <Section title={t("moloni.company")} text={t("moloni.companyText")}>
        <Loaded query={companies}>
          {({ items }) => (
            <Select
              maw={420}
              label={t("moloni.company")}
              allowDeselect={false}
              data={items.map(({ id, name }) => ({ value: String(id), label: name }))}
              value={chosen === null ? null : String(chosen)}
              onChange={(value) => setChosen(value === null ? null : Number(value))}
            />
          )}
        </Loaded>
      </Section>
      {chosen !== null && (
        <Loaded query={company}>
          {(detail) => (
            <InvoicingForm
              key={chosen}
              companyId={chosen}
              company={detail}
              settings={own}
              stored={settings}
            />
          )}
        </Loaded>
      )}
    </>
  );
}
