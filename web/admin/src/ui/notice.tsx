import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconWifiOff } from "@tabler/icons-react";
import type { ProblemError } from "@virtual-stores/api-client";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Tone } from "~/ui/state.tsx";

interface NoticeProps {
  tone: Tone;
  title?: string;
  action?: ReactNode;
  children?: ReactNode;
}

const ICONS = { good: IconCircleCheck, warn: IconAlertTriangle, bad: IconAlertTriangle };

export function Notice({ tone, title, action, children }: NoticeProps) {
  const Icon = tone === "good" || tone === "warn" || tone === "bad" ? ICONS[tone] : IconInfoCircle;
  return (
    <div className={`notice tone-${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <Icon size={18} aria-hidden />
      <Group justify="space-between" flex={1} gap="sm">
        <Stack gap={2}>
          {title && <Text fw={600}>{title}</Text>}
          {children && (
            <Text component="div" size="sm">
              {children}
            </Text>
          )}
        </Stack>
        {action}
      </Group>
    </div>
  );
}

/** What a refusal says to a person: in the page's language where the code is known, else as the service says it. */
export function useProblemText(): (problem: ProblemError) => string {
  const { t, i18n } = useTranslation();
  return (problem) => {
    const key = `problems.${problem.code}`;
    if (i18n.exists(key)) {
      return t(key as "problems.offline");
    }
    return problem.problem.detail ?? problem.problem.title;
  };
}

interface ProblemNoticeProps {
  problem: ProblemError | null;
  /** Pointers that the form shows at their fields; the others are listed here. */
  shown?: (pointer: string) => boolean;
  onRetry?: () => void;
}

export function ProblemNotice({ problem, shown, onRetry }: ProblemNoticeProps) {
  const { t } = useTranslation();
  const text = useProblemText();
  if (!problem) {
    return null;
  }
  const others = problem.fields.filter((field) => !shown?.(field.pointer));
  const retry = onRetry && (
    <Button variant="default" size="xs" onClick={onRetry}>
      {t("common.retry")}
    </Button>
  );
  return (
    <Notice tone="bad" title={problem.isOffline ? t("problems.offlineTitle") : undefined} action={retry}>
      {problem.isOffline && <IconWifiOff size={14} aria-hidden />} {text(problem)}
      {others.length > 0 && (
        <ul>
          {others.map((field) => (
            <li key={field.pointer}>
              <span className="mono">{field.pointer}</span>: {field.message}
            </li>
          ))}
        </ul>
      )}
      {problem.status >= 500 && problem.problem.instance && (
        <Text size="xs" c="dimmed" mt={4}>
          {t("problems.request")} <span className="mono">{problem.problem.instance}</span>
        </Text>
      )}
      {problem.status === 402 && (
        <Anchor href="/admin/settings/plan" size="sm">
          {t("problems.seePlan")}
        </Anchor>
      )}
    </Notice>
  );
}
