import { ask, door, until } from "./door.ts";
import { stripeUrl, sysadmin, unique } from "./platform.ts";

export interface Store {
  slug: string;
  name: string;
  email: string;
  temporaryPassword: string;
}

/** A store made by the API, with the password that its owner has to change. */
export async function makeStore(): Promise<Store> {
  const platformDoor = door(null);
  const login = await platformDoor("POST", "/api/auth/login", sysadmin);
  if (login.status !== 200) {
    throw new Error(`the sysadmin could not sign in: ${JSON.stringify(login.body)}`);
  }
  const slug = unique("painel");
  const body = {
    name: `Loja ${slug}`,
    slug,
    email: `${slug}@example.pt`,
    plan: "business",
    template_id: "tactical",
  };
  const headers = { authorization: `Bearer ${login.body.access_token}`, "idempotency-key": slug };
  const made = await platformDoor("POST", "/api/sysadmin/tenants", body, headers);
  if (made.status !== 201) {
    throw new Error(`no store was made: ${JSON.stringify(made.body)}`);
  }
  return {
    slug,
    name: body.name,
    email: made.body.admin_email,
    temporaryPassword: made.body.admin_temp_password,
  };
}

/** The owner's door, by their own password. */
export async function ownerDoor(store: Store, password: string) {
  const login = await door(store.slug)("POST", "/api/auth/login", { email: store.email, password });
  return door(store.slug, { authorization: `Bearer ${login.body.access_token}` });
}

/** Connects the store's account at the simulated Stripe until it can charge. */
export async function connectStripe(owner: Awaited<ReturnType<typeof ownerDoor>>): Promise<void> {
  await owner("POST", "/api/payments/admin/account");
  const me = await owner("GET", "/api/auth/me");
  const state = await ask({ url: new URL("/_sim/state", stripeUrl) });
  const account = findAccount(state.body, me.body.tenant.id);
  if (!account) {
    throw new Error("Stripe has no account for the store");
  }
  await ask({
    method: "POST",
    url: new URL(`/_sim/accounts/${account}/complete`, stripeUrl),
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  await until("the account becoming active", async () => {
    const reply = await owner("GET", "/api/payments/admin/account");
    return reply.body.status === "active" ? true : undefined;
  });
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

/** A shopper buys one piece of a variant and pays by card; answers the order's number. */
export async function buy(store: Store, variant: string): Promise<string> {
  const shop = door(store.slug);
  const cart = (await shop("POST", "/api/orders/store/carts")).body;
  const token = { "x-cart-token": cart.token };
  const filled = await until("the variant being for sale", async () => {
    const reply = await shop(
      "PUT",
      `/api/orders/store/carts/${cart.id}/lines/${variant}`,
      { quantity: 1 },
      token,
    );
    return reply.status === 200 ? reply.body : undefined;
  });
  const address = {
    name: "Ana Silva",
    line1: "Rua do Ouro 1",
    city: "Lisboa",
    postcode: "1100-148",
    country: "PT",
  };
  const order = {
    cart_id: cart.id,
    email: `${unique("ana")}@example.pt`,
    phone: "912345678",
    shipping_address: address,
    tax_id: "123456789",
    payment_method: "card",
    accepts_terms: true,
    expected_total: filled.total,
  };
  const placed = await shop("POST", "/api/orders/store/checkout", order, {
    ...token,
    "idempotency-key": unique("o"),
  });
  if (placed.status !== 201) {
    throw new Error(`no order was placed: ${JSON.stringify(placed.body)}`);
  }
  const intent = await until("the payment's intent", async () => {
    const reply = await shop(
      "POST",
      "/api/payments/store/intents",
      { ticket: placed.body.payment_ticket },
      token,
    );
    return reply.status === 200 ? reply.body : undefined;
  });
  const form = new URLSearchParams({
    client_secret: intent.client_secret,
    account: intent.stripe_account,
    choice: "card",
  });
  await ask({
    method: "POST",
    url: new URL("/pay", stripeUrl),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  await until("the order being paid", async () => {
    const path = `/api/orders/store/orders/${placed.body.id}`;
    const reply = await shop("GET", path, undefined, { ...token, "x-order-token": placed.body.token });
    return reply.body.status === "paid" ? true : undefined;
  });
  return placed.body.number;
}
