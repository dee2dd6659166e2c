import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFormat } from "~/lib/format.ts";
import { Section } from "~/ui/page.tsx";
import type { Tone } from "~/ui/state.tsx";
import type { OrderDetail } from "../api.ts";

type Entry = OrderDetail["timeline"][number];

const TONES: Record<string, Tone> = {
  paid: "good",
  fulfilled: "good",
  payment_failed: "bad",
  refund_failed: "bad",
  cancelled: "bad",
  paid_too_late: "warn",
};

export function TimelineCard({ order }: { order: OrderDetail }) {
  const { t } = useTranslation();
  const entries = [...order.timeline].sort((one, other) => other.at.localeCompare(one.at));
  return (
    <Section title={t("orders.timeline")}>
      <ol className="timeline">
        {entries.map((entry) => (
          <li key={`${entry.at}${entry.kind}`} className={`tone-${TONES[entry.kind] ?? "quiet"}`}>
            <TimelineEntry entry={entry} />
          </li>
        ))}
      </ol>
    </Section>
  );
}

function TimelineEntry({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const who = entry.actor.split(":")[0] ?? entry.actor;
  return (
    <>
      <Text size="sm" fw={550}>
        {t(`timeline.${entry.kind}` as "timeline.paid", entry.kind)}
      </Text>
      <Text size="xs" c="dimmed" title={format.exact(entry.at)}>
        {format.dateTime(entry.at)} · {t(`actors.${who}` as "actors.staff", who)}
      </Text>
      <Detail detail={entry.detail} />
    </>
  );
}

/** What an entry says beside its kind: words and amounts, whatever their names are. Identifiers say nothing. */
function Detail({ detail }: { detail: Entry["detail"] }) {
  const format = useFormat();
  if (typeof detail !== "object" || detail === null) {
    return null;
  }
  const said = Object.entries(detail).flatMap(([name, value]) => {
    if (name.endsWith("_id")) {
      return [];
    }
    if (typeof value === "string" && value !== "") {
      return [value];
    }
    const isMoney = typeof value === "object" && value !== null && "amount" in value && "currency" in value;
    return isMoney ? [format.money(value as { amount: number; currency: string })] : [];
  });
  return said.length === 0 ? null : <Text size="xs">{said.join(" · ")}</Text>;
}
