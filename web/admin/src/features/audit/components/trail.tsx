import { Code, Group, Stack, Text, TextInput } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { useTypedSearch } from "~/lib/typed_search.ts";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Pager, Table } from "~/ui/table.tsx";
import type { TrailEntry, TrailSearch } from "../api.ts";

interface TrailProps<S extends TrailSearch> {
  query: UseQueryResult<{ items: TrailEntry[]; next?: string | null }>;
  search: S;
  go: (part: Partial<TrailSearch>, paged?: boolean) => void;
}

/** Deeds, the newest first, with what they changed. */
export function Trail<S extends TrailSearch>({ query, search, go }: TrailProps<S>) {
  const { t } = useTranslation();
  const format = useFormat();
  const isNarrowed = Boolean(search.action || search.actor || search.from || search.to);
  return (
    <>
      <Section flush>
        <Filters search={search} go={go} />
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={isNarrowed ? t("table.nothingFound") : t("audit.empty")} />
            ) : (
              <Table
                label={t("audit.title")}
                rows={items}
                rowKey={(row) => row.seq}
                columns={[
                  {
                    key: "at",
                    header: t("audit.at"),
                    cell: (row) => <time dateTime={row.at}>{format.exact(row.at)}</time>,
                  },
                  { key: "who", header: t("audit.who"), cell: (row) => <Who entry={row} /> },
                  { key: "action", header: t("audit.action"), cell: (row) => <What entry={row} /> },
                  { key: "change", header: t("audit.change"), cell: (row) => <Change entry={row} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Section>
      <Pager
        shown={query.data?.items.length ?? 0}
        next={query.data?.next}
        after={search.after}
        onPage={(after) => go({ after }, true)}
      />
    </>
  );
}

function Filters({ search, go }: { search: TrailSearch; go: (part: Partial<TrailSearch>) => void }) {
  const { t } = useTranslation();
  const action = useTypedSearch(search.action, (text) => go({ action: text }));
  const actor = useTypedSearch(search.actor, (text) => go({ actor: text }));
  return (
    <Group p="md" align="flex-end">
      <TextInput label={t("audit.action")} placeholder="product.update" {...action} />
      <TextInput label={t("audit.who")} placeholder="staff:…" {...actor} />
      <TextInput
        type="date"
        label={t("audit.from")}
        value={search.from ?? ""}
        onChange={(event) => go({ from: event.currentTarget.value || undefined })}
      />
      <TextInput
        type="date"
        label={t("audit.to")}
        value={search.to ?? ""}
        onChange={(event) => go({ to: event.currentTarget.value || undefined })}
      />
    </Group>
  );
}

function Who({ entry }: { entry: TrailEntry }) {
  const { t } = useTranslation();
  const kind = entry.actor.split(":")[0] ?? "";
  return (
    <Stack gap={0}>
      <span>{entry.actor_name ?? t(`actors.${kind}` as "actors.staff", entry.actor)}</span>
      {entry.acting_as && (
        <Text size="xs" c="dimmed">
          {t("audit.byPlatform")}
        </Text>
      )}
      {entry.ip && (
        <Text size="xs" c="dimmed" className="mono">
          {entry.ip}
        </Text>
      )}
    </Stack>
  );
}

function What({ entry }: { entry: TrailEntry }) {
  return (
    <Stack gap={0}>
      <span className="mono">{entry.action}</span>
      <Text size="xs" c="dimmed" className="mono">
        {entry.target}
      </Text>
    </Stack>
  );
}

function Change({ entry }: { entry: TrailEntry }) {
  const { t } = useTranslation();
  const before: Record<string, unknown> = entry.before ?? {};
  const after: Record<string, unknown> = entry.after ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (names.length === 0) {
    return null;
  }
  const text = (value: unknown) => (value === undefined ? "—" : JSON.stringify(value));
  return (
    <details>
      <summary>{t("audit.fields", { count: names.length })}</summary>
      <Stack gap={4} mt={4}>
        {names.map((name) => (
          <Text key={name} size="xs" style={{ overflowWrap: "anywhere" }}>
            {name}: <Code>{text(before[name])}</Code> → <Code>{text(after[name])}</Code>
          </Text>
        ))}
      </Stack>
    </details>
  );
}
