import { oneOf, textOf } from "~/lib/search.ts";

export const MAIL_STATES = [
  "queued",
  "sent",
  "delivered",
  "bounced",
  "complained",
  "failed",
  "suppressed",
] as const;

export interface MailSearch {
  state?: (typeof MAIL_STATES)[number];
  after?: string;
}

export function mailSearch(search: Record<string, unknown>): MailSearch {
  return { state: oneOf(search.state, MAIL_STATES), after: textOf(search.after) };
}
