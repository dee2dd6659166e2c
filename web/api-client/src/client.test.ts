import { describe, expect, it } from "vitest";
import { answered, createStoresClient, type Session } from "./client.ts";
import { ProblemError } from "./problem.ts";

const session = (token: string): Session => ({
  access_token: token,
  token_type: "Bearer",
  expires_at: "2030-01-01T00:00:00Z",
  person: { id: "p", email: "a@b.pt", name: "Ana", locale: "pt-PT", role: "owner", permissions: [] },
});

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** A platform that takes one token and renews once. */
function platform(valid: string, renewed: Session | null) {
  const seen: string[] = [];
  const answer = async (input: RequestInfo | URL): Promise<Response> => {
    const request = input as Request;
    const path = new URL(request.url).pathname;
    seen.push(`${request.method} ${path} ${request.headers.get("authorization") ?? "-"}`);
    if (path === "/api/auth/refresh") {
      return renewed
        ? json(200, { status: "signed_in", ...renewed })
        : json(401, { type: "session-ended", title: "", status: 401 });
    }
    const isValid = request.headers.get("authorization") === `Bearer ${valid}`;
    return isValid ? json(200, { items: [] }) : json(401, { type: "invalid-token", title: "", status: 401 });
  };
  return { seen, answer: answer as typeof fetch };
}

const BASE = "http://store.test";

describe("a client", () => {
  it("renews an expired session once for all requests that wait for it", async () => {
    const { seen, answer } = platform("new", session("new"));
    const client = createStoresClient({ baseUrl: BASE, fetch: answer });
    client.setSession(session("old"));
    const list = () => answered(client.api.GET("/api/mail/admin/webhooks"));
    await Promise.all([list(), list()]);
    expect(seen.filter((line) => line.includes("refresh"))).toHaveLength(1);
    expect(seen.at(-1)).toBe("GET /api/mail/admin/webhooks Bearer new");
  });

  it("says that the session ended when it cannot be renewed", async () => {
    const { answer } = platform("new", null);
    const heard: (Session | null)[] = [];
    const client = createStoresClient({
      baseUrl: BASE,
      fetch: answer,
      onSession: (next) => heard.push(next),
    });
    client.setSession(session("old"));
    const refused = await answered(client.api.GET("/api/mail/admin/webhooks")).catch((error) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect(refused.status).toBe(401);
    expect(heard).toEqual([null]);
  });

  it("turns a lost network into a problem of its own", async () => {
    const lost = () => Promise.reject(new TypeError("fetch failed"));
    const client = createStoresClient({ baseUrl: BASE, fetch: lost });
    const refused = await answered(client.api.GET("/api/mail/admin/webhooks")).catch((error) => error);
    expect(refused.isOffline).toBe(true);
  });

  it("names the store that a sysadmin acts in, but not to the platform's own routes", async () => {
    const headers: (string | null)[] = [];
    const answer = async (input: RequestInfo | URL) => {
      headers.push((input as Request).headers.get("x-tenant"));
      return json(200, { items: [] });
    };
    const client = createStoresClient({ baseUrl: BASE, fetch: answer as typeof fetch });
    client.setTenant("loja");
    await client.api.GET("/api/mail/admin/webhooks");
    await client.api.GET("/api/sysadmin/tenants");
    expect(headers).toEqual(["loja", null]);
  });
});
