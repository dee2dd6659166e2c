import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { queryClient } from "~/lib/queries.ts";
import { useSave } from "~/lib/save.ts";
import { Confirm } from "~/ui/dialogs.tsx";
import { Notice, ProblemNotice } from "~/ui/notice.tsx";
import { Label, type Tone } from "~/ui/state.tsx";
import { addDomain, type DomainView, makeDomainPrimary, removeDomain, verifyDomain } from "../api.ts";
import { Records } from "./records.tsx";

const TONES: Record<string, Tone> = { pending: "warn", verified: "good", failing: "warn", lost: "bad" };
const refresh = () => queryClient.invalidateQueries({ queryKey: ["domains"] });

interface DomainCardProps {
  domain: DomainView;
  canEdit: boolean;
}

export function DomainCard({ domain, canEdit }: DomainCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const isServed = domain.state === "verified" || domain.state === "failing";
  const isOpen = isServed && Boolean(domain.certified_at);
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={3}>
            {isOpen ? (
              <Anchor href={domain.url} target="_blank" rel="noreferrer" inherit>
                {domain.shown}
              </Anchor>
            ) : (
              domain.shown
            )}
          </Title>
          <Group gap="sm">
            <Label tone={TONES[domain.state] ?? "quiet"}>
              {t(`domains.states.${domain.state}` as "domains.states.pending", domain.state)}
            </Label>
            {isServed && !domain.certified_at && <Label tone="info">{t("domains.noCertificate")}</Label>}
            {domain.is_primary && <Label tone="info">{t("domains.primary")}</Label>}
            {domain.checked_at && (
              <Text size="xs" c="dimmed">
                {t("domains.checked", { when: format.dateTime(domain.checked_at) })}
              </Text>
            )}
          </Group>
        </div>
        {canEdit && <Actions domain={domain} isOpen={isOpen} />}
      </Group>
      {domain.problem && (
        <Notice tone={isServed ? "warn" : "info"}>
          {t(`domains.problems.${domain.problem.code}` as "domains.problems.proof-missing", {
            defaultValue: domain.problem.detail,
            host: domain.shown,
          })}
        </Notice>
      )}
      {(!isServed || domain.problem) && <Records records={domain.records} />}
      {canEdit && domain.counterpart && <Counterpart host={domain.counterpart} />}
    </Stack>
  );
}

/** People type a domain with and without www. */
function Counterpart({ host }: { host: string }) {
  const { t } = useTranslation();
  const adding = useSave({ send: (_, key) => addDomain(host, key), done: refresh });
  return (
    <>
      <Group gap="xs">
        <Text size="sm" c="dimmed">
          {t("domains.counterpart", { host })}
        </Text>
        <Button size="compact-sm" variant="default" loading={adding.isSaving} onClick={() => adding.save()}>
          {t("domains.addOther", { host })}
        </Button>
      </Group>
      <ProblemNotice problem={adding.problem} />
    </>
  );
}

function Actions({ domain, isOpen }: { domain: DomainView; isOpen: boolean }) {
  const { t } = useTranslation();
  const [isRemoving, setRemoving] = useState(false);
  const verifying = useSave({ send: () => verifyDomain(domain.id), done: refresh });
  const preferring = useSave({ send: () => makeDomainPrimary(domain.id), done: refresh });
  const removing = useSave({ send: () => removeDomain(domain.id), done: refresh });
  const small = { size: "compact-sm", variant: "default" } as const;
  const of = (action: string) => `${action}: ${domain.shown}`;
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap={6}>
        <Button
          {...small}
          loading={verifying.isSaving}
          onClick={() => verifying.save()}
          aria-label={of(t("domains.verify"))}
        >
          {t("domains.verify")}
        </Button>
        {isOpen && !domain.is_primary && (
          <Button
            {...small}
            loading={preferring.isSaving}
            onClick={() => preferring.save()}
            aria-label={of(t("domains.makePrimary"))}
          >
            {t("domains.makePrimary")}
          </Button>
        )}
        <Button {...small} onClick={() => setRemoving(true)} aria-label={of(t("domains.remove"))}>
          {t("domains.remove")}
        </Button>
      </Group>
      <ProblemNotice problem={verifying.problem ?? preferring.problem} />
      <Confirm
        opened={isRemoving}
        isDangerous
        title={t("domains.removeTitle", { host: domain.shown })}
        confirm={t("domains.remove")}
        isBusy={removing.isSaving}
        onConfirm={removing.save}
        onClose={() => setRemoving(false)}
      >
        {t("domains.removeText")}
        <ProblemNotice problem={removing.problem} />
      </Confirm>
    </Stack>
  );
}
