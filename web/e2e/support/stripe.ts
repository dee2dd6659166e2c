import { ask, type Door, door, expected, until } from "./door.ts";
import { stripeUrl } from "./platform.ts";

/** Connects the store's account at the simulated Stripe until shoppers can pay. */
export async function connectStripe(slug: string, owner: Door): Promise<void> {
  await expected(200, owner("POST", "/api/payments/admin/account"));
  const me = await expected(200, owner("GET", "/api/auth/me"));
  const account = findAccount(await state(), me.tenant.id);
  if (!account) {
    throw new Error("Stripe has no account for the store");
  }
  await pull(`accounts/${account}/complete`);
  const shop = door(slug);
  const cart = await expected(201, shop("POST", "/api/orders/store/carts"));
  await until("the store taking orders", async () => {
    const path = `/api/orders/store/carts/${cart.id}`;
    const { body } = await shop("GET", path, undefined, { "x-cart-token": cart.token });
    return body.warnings?.length === 0 || undefined;
  });
}

/** Pulls a lever of the simulated Stripe. */
export async function pull(lever: string): Promise<void> {
  const url = new URL(`/_sim/${lever}`, stripeUrl);
  const headers = { "content-type": "application/json" };
  await expected(200, ask({ method: "POST", url, headers, body: "{}" }));
}

/** Chooses on the simulated Stripe's page: `card`, `mb_way`, `pay`, … */
export async function choose(client_secret: string, account: string, choice: string): Promise<void> {
  const url = new URL("/pay", stripeUrl);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams({ client_secret, account, choice }).toString();
  await expected(200, ask({ method: "POST", url, headers, body }));
}

function state() {
  return expected(200, ask({ url: new URL("/_sim/state", stripeUrl) }));
}

function findAccount(value: unknown, tenant: string): string | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  const object = value as { object?: string; id?: string; metadata?: { tenant_id?: string } };
  if (object.object === "account" && object.metadata?.tenant_id === tenant) {
    return object.id;
  }
  for (const child of Object.values(value)) {
    const found = findAccount(child, tenant);
    if (found) {
      return found;
    }
  }
  return undefined;
}
