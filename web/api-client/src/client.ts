import createFetchClient, { type Client } from "openapi-fetch";
import type * as catalog from "./generated/catalog.ts";
import type * as invoicing from "./generated/invoicing.ts";
import type * as mail from "./generated/mail.ts";
import type * as migration from "./generated/migration.ts";
import type * as orders from "./generated/orders.ts";
import type * as payments from "./generated/payments.ts";
import type * as tenants from "./generated/tenants.ts";
import { offline, type ProblemError, problemOf } from "./problem.ts";

export type Paths = tenants.paths &
  catalog.paths &
  orders.paths &
  payments.paths &
  invoicing.paths &
  mail.paths &
  migration.paths;

export type Session = tenants.components["schemas"]["Session"];

export interface StoresClientOptions {
  /** Origin of the platform or of a store's host; the page's own when absent. */
  baseUrl?: string;
  /** A session was renewed, or ended for good. */
  onSession?: (session: Session | null) => void;
  /** In which language problems are told; the browser's when absent. */
  language?: () => string;
  fetch?: typeof fetch;
}

/** A client of all services. The access token lives in it and nowhere else. */
export interface StoresClient {
  api: Client<Paths>;
  /** Begins with what signing in answered; null forgets it. */
  setSession: (session: Session | null) => void;
  /** Acts in this store, for the platform's people. */
  setTenant: (slug: string | null) => void;
  /** A new access token by the refresh cookie; null when there is none that counts. */
  refresh: () => Promise<Session | null>;
  /** A request outside the documents' types, such as a stream or a file, signed the same way. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Puts bytes under an address that carries its own permission; no token goes there. */
  put: (url: string, headers: Record<string, string>, body: Blob) => Promise<void>;
}

const SIGN_IN_PATHS = ["/api/auth/login", "/api/auth/refresh", "/api/auth/password/first"];

export function createStoresClient(options: StoresClientOptions = {}): StoresClient {
  const baseUrl = options.baseUrl ?? globalThis.location?.origin ?? "";
  const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  let session: Session | null = null;
  let tenant: string | null = null;
  let renewing: Promise<Session | null> | null = null;

  function signed(request: Request): Request {
    const copy = request.clone();
    if (options.language) {
      copy.headers.set("accept-language", options.language());
    }
    if (session) {
      copy.headers.set("authorization", `Bearer ${session.access_token}`);
    }
    if (tenant && !copy.url.includes("/sysadmin/") && !copy.url.includes("/api/auth/")) {
      copy.headers.set("x-tenant", tenant);
    }
    return copy;
  }

  async function reach(request: Request): Promise<Response> {
    try {
      return await send(request);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") {
        throw error;
      }
      throw offline();
    }
  }

  async function renew(): Promise<Session | null> {
    const headers = { "content-type": "application/json" };
    const request = new Request(`${baseUrl}/api/auth/refresh`, { method: "POST", headers, body: "{}" });
    const response = await reach(request);
    if (response.status >= 500 || response.status === 429) {
      throw problemOf(await response.text(), response);
    }
    const answer = response.ok ? await response.json() : null;
    session = answer?.status === "signed_in" ? (answer as Session) : null;
    options.onSession?.(session);
    return session;
  }

  /** Several requests that find the token expired share one renewal: a refresh token works once. */
  function refresh(): Promise<Session | null> {
    renewing ??= renew().finally(() => {
      renewing = null;
    });
    return renewing;
  }

  async function fetchSigned(request: Request): Promise<Response> {
    const isSigningIn = SIGN_IN_PATHS.some((path) => new URL(request.url).pathname === path);
    const first = await reach(isSigningIn ? request : signed(request));
    if (first.status !== 401 || isSigningIn || !session) {
      return first;
    }
    return (await refresh()) ? reach(signed(request)) : first;
  }

  async function put(url: string, headers: Record<string, string>, body: Blob): Promise<void> {
    const response = await reach(new Request(url, { method: "PUT", headers, body }));
    if (!response.ok) {
      throw problemOf(await response.text(), response);
    }
  }

  return {
    put,
    api: createFetchClient<Paths>({ baseUrl, fetch: fetchSigned }),
    setSession: (next) => {
      session = next;
    },
    setTenant: (slug) => {
      tenant = slug;
    },
    refresh,
    fetch: (path, init) => fetchSigned(new Request(new URL(path, baseUrl), init)),
  };
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's body, or the problem as an exception: `await answered(client.api.GET(…))`. */
export async function answered<T>(request: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await request;
  if (!response.ok) {
    throw problemOf(error, response) satisfies ProblemError;
  }
  return data as T;
}
