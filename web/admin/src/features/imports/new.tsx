import { Button, Checkbox, Group, MultiSelect, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useActing } from "~/lib/acting.ts";
import { useDraft } from "~/lib/draft.ts";
import { useSave } from "~/lib/save.ts";
import { LeaveGuard } from "~/ui/dialogs.tsx";
import { ProblemNotice } from "~/ui/notice.tsx";
import { Page, Section } from "~/ui/page.tsx";
import { type ImportView, type StartImport, startImport } from "./api.ts";
import { RESOURCES } from "./schema.ts";

export function NewImport() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const acting = useActing();
  const draft = useDraft({
    wc_url: "",
    wc_consumer_key: "",
    wc_consumer_secret: "",
    resources: [] as string[],
    dry_run: true,
  });
  const { wc_url, wc_consumer_key, wc_consumer_secret, resources, dry_run } = draft.values;
  const saving = useSave<StartImport, ImportView>({
    send: (body) => startImport(body),
    done: (started) => navigate({ to: "/imports/$id", params: { id: started.id }, ignoreBlocker: true }),
    refused: draft.refuse,
  });
  const submit = () =>
    saving.save({
      wc_url: wc_url.trim(),
      wc_consumer_key: wc_consumer_key.trim(),
      wc_consumer_secret: wc_consumer_secret.trim(),
      resources,
      dry_run,
      ...(acting ? { tenant: acting.slug } : {}),
    });
  return (
    <Page
      title={t("imports.new")}
      subtitle={t("imports.newText")}
      back={{ to: "/imports", label: t("nav.imports") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Section>
          <Stack maw={620}>
            <ProblemNotice problem={saving.problem} shown={(pointer) => pointer in draft.errors} />
            <TextInput
              label={t("imports.url")}
              description={t("imports.urlHint")}
              placeholder="https://"
              required
              inputMode="url"
              {...draft.text("wc_url")}
            />
            <TextInput
              label={t("imports.key")}
              description={t("imports.keyHint")}
              placeholder="ck_"
              required
              autoComplete="off"
              spellCheck={false}
              {...draft.text("wc_consumer_key")}
            />
            <PasswordInput
              label={t("imports.secret")}
              placeholder="cs_"
              required
              autoComplete="off"
              visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
              {...draft.text("wc_consumer_secret")}
            />
            <MultiSelect
              label={t("imports.resources")}
              description={t("imports.resourcesHint")}
              clearable
              data={RESOURCES.map((value) => ({ value, label: t(`resources.${value}`) }))}
              value={resources}
              error={draft.errors["/resources"]}
              onChange={(value) => draft.patch({ resources: value })}
            />
            <Checkbox
              label={t("imports.dryRunLabel")}
              description={t("imports.dryRunHint")}
              checked={dry_run}
              onChange={(event) => draft.patch({ dry_run: event.currentTarget.checked })}
            />
            <Group>
              <Button type="submit" loading={saving.isSaving}>
                {dry_run ? t("imports.startDry") : t("imports.start")}
              </Button>
            </Group>
          </Stack>
        </Section>
      </form>
      <LeaveGuard isDirty={draft.isDirty} />
    </Page>
  );
}
