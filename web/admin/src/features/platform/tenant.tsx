import { Anchor, Button, Grid, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { actIn } from "~/lib/acting.ts";
import { useDraft } from "~/lib/draft.ts";
import { useFormat } from "~/lib/format.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { ConflictDialog, LeaveGuard } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { SaveBar } from "~/ui/savebar.tsx";
import { StateBadge } from "~/ui/state.tsx";
import { changeTenant, type TenantView, tenantChanged, tenantQuery } from "./api.ts";
import { StatusButton } from "./components/status_button.tsx";
import { PLANS } from "./schema.ts";

export function TenantPage({ id }: { id: string }) {
  const query = useQuery(tenantQuery(id));
  return <Loaded query={query}>{(tenant) => <Detail key={tenant.id} tenant={tenant} />}</Loaded>;
}

function Detail({ tenant }: { tenant: TenantView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const draft = useDraft({ name: tenant.name, plan: tenant.plan });
  const [theirs, setTheirs] = useState<TenantView | null>(null);
  const take = (next: TenantView) => {
    tenantChanged(next);
    draft.reset({ name: next.name, plan: next.plan });
  };
  const saving = useSave<{ version: number; name: string; plan: string }, TenantView>({
    send: ({ version, name, plan }) => changeTenant(tenant.id, version, { name, plan }),
    done: take,
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        setTheirs(problem.problem.current as TenantView);
      }
    },
  });
  const enter = async () => {
    queryClient.clear();
    actIn({ id: tenant.id, slug: tenant.slug, name: tenant.name });
    await navigate({ to: "/" });
  };
  return (
    <Page
      title={tenant.name}
      back={{ to: "/platform/tenants", label: t("nav.tenants") }}
      subtitle={<StateBadge state={tenant.status} />}
      actions={
        <>
          <Button variant="default" onClick={enter}>
            {t("tenants.enter")}
          </Button>
          <StatusButton tenant={tenant} />
        </>
      }
    >
      {!theirs && <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Section title={t("tenants.store")}>
            <Stack>
              <TextInput label={t("tenants.name")} required {...draft.text("name")} />
              <Select
                label={t("tenants.plan")}
                description={t("tenants.planHint")}
                allowDeselect={false}
                data={[...new Set([...PLANS, tenant.plan])].map((value) => ({
                  value,
                  label: t(`plans.${value}` as "plans.business", value),
                }))}
                value={draft.values.plan}
                error={draft.errors["/plan"]}
                onChange={(plan) => draft.patch({ plan: plan ?? draft.values.plan })}
              />
            </Stack>
          </Section>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Facts tenant={tenant} />
        </Grid.Col>
      </Grid>
      <SaveBar
        isDirty={draft.isDirty}
        isSaving={saving.isSaving}
        onSave={() => saving.save({ version: tenant.version, ...draft.values })}
        onReset={() => draft.reset({ name: tenant.name, plan: tenant.plan })}
      />
      <LeaveGuard isDirty={draft.isDirty} />
      <ConflictDialog
        opened={theirs !== null}
        onClose={() => setTheirs(null)}
        onOverwrite={() => {
          const version = theirs?.version ?? tenant.version;
          setTheirs(null);
          saving.save({ version, ...draft.values });
        }}
        onTakeTheirs={() => {
          if (theirs) {
            take(theirs);
          }
          setTheirs(null);
          saving.forget();
        }}
      />
    </Page>
  );
}

function Facts({ tenant }: { tenant: TenantView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const facts = [
    [
      t("tenants.address"),
      <Anchor key="url" href={tenant.url} target="_blank" rel="noreferrer" size="sm">
        {tenant.url}
      </Anchor>,
    ],
    [t("orders.email"), tenant.email],
    [t("tenants.template"), t(`templates.${tenant.template_id}` as "templates.tactical", tenant.template_id)],
    [t("tenants.country"), tenant.country],
    [t("shell.language"), tenant.locale],
    [t("tenants.currency"), tenant.currency],
    ["NIF", tenant.tax_number],
    [t("tenants.trialEnds"), tenant.trial_ends_at && format.date(tenant.trial_ends_at)],
    [t("tenants.created"), format.date(tenant.created_at)],
    [
      t("tenants.reason"),
      tenant.suspended_reason &&
        t(`reasons.${tenant.suspended_reason}` as "reasons.billing", tenant.suspended_reason),
    ],
    [
      "ID",
      <span key="id" className="mono">
        {tenant.id}
      </span>,
    ],
  ] as const;
  return (
    <Section title={t("tenants.facts")}>
      <dl className="facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name} style={{ display: "contents" }}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Section>
  );
}
