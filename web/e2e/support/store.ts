import { type Door, door, expected, until } from "./door.ts";
import { sysadmin, unique } from "./platform.ts";
import { choose } from "./stripe.ts";

export interface Store {
  slug: string;
  name: string;
  email: string;
  temporaryPassword: string;
}

export const OWN_PASSWORD = "uma palavra-passe comprida";

/** A store made by the API, with the password that its owner has to change. */
export async function makeStore(template: string): Promise<Store> {
  const { access_token } = await expected(200, door(undefined)("POST", "/api/auth/login", sysadmin));
  const slug = unique("loja");
  const body = {
    name: `Loja ${slug}`,
    slug,
    email: `${slug}@example.pt`,
    plan: "business",
    template_id: template,
  };
  const headers = { authorization: `Bearer ${access_token}`, "idempotency-key": slug };
  const made = await expected(201, door(undefined)("POST", "/api/sysadmin/tenants", body, headers));
  return { slug, name: body.name, email: made.admin_email, temporaryPassword: made.admin_temp_password };
}

/** The owner's door after choosing a password of their own. */
export async function firstSignIn({ slug, email, temporaryPassword }: Store): Promise<Door> {
  const shut = door(slug);
  const login = { email, password: temporaryPassword };
  const { change_token } = await expected(200, shut("POST", "/api/auth/login", login));
  const change = { change_token, new_password: OWN_PASSWORD };
  const { access_token } = await expected(200, shut("POST", "/api/auth/password/first", change));
  return door(slug, { authorization: `Bearer ${access_token}` });
}

/** The owner's door, by the password that they chose. */
export async function ownerDoor({ slug, email }: Pick<Store, "slug" | "email">): Promise<Door> {
  const login = { email, password: OWN_PASSWORD };
  const { access_token } = await expected(200, door(slug)("POST", "/api/auth/login", login));
  return door(slug, { authorization: `Bearer ${access_token}` });
}

export interface Bought {
  number: string;
  email: string;
}

/** A shopper buys one piece of a variant and pays by card. */
export async function buy(slug: string, variant: string): Promise<Bought> {
  const shop = door(slug);
  const cart = await expected(201, shop("POST", "/api/orders/store/carts"));
  const token = { "x-cart-token": cart.token };
  const filled = await until("the variant being for sale", async () => {
    const path = `/api/orders/store/carts/${cart.id}/lines/${variant}`;
    const reply = await shop("PUT", path, { quantity: 1 }, token);
    return reply.status === 200 ? reply.body : undefined;
  });
  const email = `${unique("ana")}@example.pt`;
  const order = {
    cart_id: cart.id,
    email,
    phone: "912345678",
    shipping_address: {
      name: "Ana Silva",
      line1: "Rua do Ouro 1",
      city: "Lisboa",
      postcode: "1100-148",
      country: "PT",
    },
    tax_id: "123456789",
    payment_method: "card",
    accepts_terms: true,
    expected_total: filled.total,
  };
  const key = { ...token, "idempotency-key": unique("o") };
  const placed = await expected(201, shop("POST", "/api/orders/store/checkout", order, key));
  const ticket = { ticket: placed.payment_ticket };
  const intent = await expected(200, shop("POST", "/api/payments/store/intents", ticket, token));
  await choose(intent.client_secret, intent.stripe_account, "card");
  await until("the order being paid", async () => {
    const path = `/api/orders/store/orders/${placed.id}`;
    const reply = await shop("GET", path, undefined, { ...token, "x-order-token": placed.token });
    return reply.body.status === "paid" || undefined;
  });
  return { number: placed.number, email };
}
