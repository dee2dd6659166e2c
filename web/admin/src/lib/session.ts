import type { Session, tenants } from "@virtual-stores/api-client";
import { useSyncExternalStore } from "react";

export type Person = tenants.components["schemas"]["PersonView"];

/** Who is signed in. `expired`: they were, and what they typed is still on the screen. */
export type SessionState =
  | { status: "unknown" }
  | { status: "out" }
  | { status: "in"; person: Person }
  | { status: "expired"; person: Person };

let state: SessionState = { status: "unknown" };
const listeners = new Set<() => void>();

export function getSession(): SessionState {
  return state;
}

function become(next: SessionState): void {
  state = next;
  for (const listener of listeners) {
    listener();
  }
}

/** A session began, went on, or ended without anybody asking for it. */
export function sessionChanged(session: Session | null): void {
  if (session) {
    become({ status: "in", person: session.person });
  } else if (state.status === "in" || state.status === "expired") {
    become({ status: "expired", person: state.person });
  } else {
    become({ status: "out" });
  }
}

export function sessionLeft(): void {
  become({ status: "out" });
}

export function useSession(): SessionState {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getSession);
}

/** The person on whose behalf a page is shown; pages are only shown to somebody. */
export function usePerson(): Person {
  const session = useSession();
  if (session.status === "in" || session.status === "expired") {
    return session.person;
  }
  throw new Error("a page was shown to nobody");
}
