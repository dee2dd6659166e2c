import { Button, Center, Group, Stack, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconInbox } from "@tabler/icons-react";
import { type Key, type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";

export interface Column<T> {
  key: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Numbers stand at the end. */
  end?: boolean;
  /** Left out on a phone. */
  wideOnly?: boolean;
  /** For columns of buttons, whose name nobody needs to see. */
  hideHeader?: boolean;
}

interface TableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => Key;
  /** Whether the first cell holds the link that the whole row follows. */
  linked?: boolean;
  /** Stays a table on a phone and scrolls sideways. */
  keep?: boolean;
}

export function Table<T>({ label, columns, rows, rowKey, linked, keep }: TableProps<T>) {
  const table = (
    <table className={keep ? "table keep" : "table"} aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.key} scope="col" className={column.end ? "end" : undefined}>
              {column.hideHeader ? <span className="unseen">{column.header}</span> : column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowKey(row)} className={linked ? "row-link" : undefined}>
            {columns.map((column, at) => (
              <td
                key={column.key}
                data-label={at === 0 || column.hideHeader ? undefined : column.header}
                className={
                  [column.end && "end", column.wideOnly && "wide-only"].filter(Boolean).join(" ") || undefined
                }
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  if (!keep) {
    return <div className="table-wrap">{table}</div>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard
    <section className="table-wrap" tabIndex={0} aria-label={label}>
      {table}
    </section>
  );
}

interface EmptyProps {
  title: string;
  /** What to do next. */
  text?: string;
  action?: ReactNode;
}

export function Empty({ title, text, action }: EmptyProps) {
  const id = useId();
  return (
    <Center py={48} px="md">
      <Stack align="center" gap={6} maw={420} ta="center" aria-labelledby={id} role="group">
        <IconInbox size={28} stroke={1.5} color="var(--mantine-color-dimmed)" aria-hidden />
        <Text id={id} fw={600}>
          {title}
        </Text>
        {text && (
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        )}
        {action && <Group mt="sm">{action}</Group>}
      </Stack>
    </Center>
  );
}

interface PagerProps {
  shown: number;
  count?: number | null;
  next?: string | null;
  after?: string;
  onPage: (after: string | undefined) => void;
}

/** Lists go forward by cursor; back is the browser's own way, which the button takes. */
export function Pager({ shown, count, next, after, onPage }: PagerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!next && !after) {
    return null;
  }
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed">
        {count == null
          ? t("table.shown", { shown })
          : t("table.shownOf", { shown, total: format.number(count) })}
      </Text>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconChevronLeft size={14} aria-hidden />}
          disabled={!after}
          onClick={() => (history.state?.paged ? history.back() : onPage(undefined))}
        >
          {t("table.previous")}
        </Button>
        <Button
          variant="default"
          size="xs"
          rightSection={<IconChevronRight size={14} aria-hidden />}
          disabled={!next}
          onClick={() => onPage(next ?? undefined)}
        >
          {t("table.next")}
        </Button>
      </Group>
    </Group>
  );
}
