import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

export type Tone = "good" | "warn" | "bad" | "info" | "quiet";

/** The states of all services by how they are to be read; what is not here is quiet. */
const TONES: Record<string, Tone> = {
  active: "good",
  paid: "good",
  fulfilled: "good",
  delivered: "good",
  succeeded: "good",
  issued: "good",
  connected: "good",
  completed: "good",
  sent: "good",
  up: "good",
  healthy: "good",
  done: "good",
  applied: "good",
  pending_payment: "warn",
  unfulfilled: "warn",
  partial: "warn",
  pending: "warn",
  onboarding: "warn",
  restricted: "warn",
  waiting: "warn",
  requires_action: "warn",
  degraded: "warn",
  ambiguous: "warn",
  stopping: "warn",
  stopped: "warn",
  suppressed: "warn",
  failed: "bad",
  disabled: "bad",
  lost: "bad",
  suspended: "bad",
  bounced: "bad",
  complained: "bad",
  parked: "bad",
  down: "bad",
  running: "info",
  queued: "info",
  sending: "info",
  processing: "info",
  requested: "info",
  invited: "info",
  draft: "info",
};

/** A state in words with a dot: colour is never the only sign. */
export function StateBadge({ state, tone }: { state: string; tone?: Tone }) {
  const { t } = useTranslation();
  return (
    <Label tone={tone ?? TONES[state] ?? "quiet"}>{t(`states.${state}` as "states.active", state)}</Label>
  );
}

export function Label({ tone, children }: { tone: Tone; children: string }) {
  return (
    <Text component="span" size="sm" className={`state tone-${tone}`}>
      {children}
    </Text>
  );
}
