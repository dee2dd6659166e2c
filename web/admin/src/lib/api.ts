import { answered, createStoresClient } from "@virtual-stores/api-client";
import { currentLanguage } from "~/lib/language.ts";
import { sessionChanged } from "~/lib/session.ts";

export const client = createStoresClient({ onSession: sessionChanged, language: currentLanguage });
export const api = client.api;
export { answered };

/** The header of a conditional write. */
export function ifMatch(version: number) {
  return { "If-Match": `"${version}"` };
}

export function keyed(key: string) {
  return { "Idempotency-Key": key };
}
