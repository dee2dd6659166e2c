import { useSyncExternalStore } from "react";
import { client } from "~/lib/api.ts";
import { getSession } from "~/lib/session.ts";

/** The store in which one of the platform's people looks around; it lasts as long as the tab. */
export interface ActedStore {
  id: string;
  slug: string;
  name: string;
}

const STORED_AS = "stores-acting-in";
const listeners = new Set<() => void>();
let acting: ActedStore | null = read();

function read(): ActedStore | null {
  const stored = sessionStorage.getItem(STORED_AS);
  return stored ? (JSON.parse(stored) as ActedStore) : null;
}

export function getActing(): ActedStore | null {
  const session = getSession();
  const isStaff = "person" in session && session.person.tenant != null;
  return isStaff ? null : acting;
}

/** Every request about a store names this one from here on. */
export function actIn(store: ActedStore | null): void {
  acting = store;
  if (store) {
    sessionStorage.setItem(STORED_AS, JSON.stringify(store));
  } else {
    sessionStorage.removeItem(STORED_AS);
  }
  client.setTenant(store?.slug ?? null);
  for (const listener of listeners) {
    listener();
  }
}

/** Takes up what the tab did before it was loaded again. */
export function resumeActing(): void {
  client.setTenant(getActing()?.slug ?? null);
}

export function useActing(): ActedStore | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getActing);
}
