//! A shopper: cart, checkout, payment.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Ask, Door, Reply};
use crate::merchant::{Product, Store};
use crate::stripe::Intent;
use crate::unique;

/// A visitor of a store with a cart of his own.
#[derive(Clone)]
pub struct Shopper {
    door: Door,
    slug: String,
    cart: String,
    token: String,
    /// Nobody else's.
    pub email: String,
    /// Names this shopper's one intention to order.
    pub key: String,
}

/// An order that was placed, and what proves it.
#[derive(Clone, Debug)]
pub struct Placed {
    pub id: String,
    pub number: String,
    pub token: String,
    pub ticket: String,
}

impl Shopper {
    pub async fn enter(store: &Store) -> anyhow::Result<Self> {
        let ask = store
            .door
            .store(&store.slug, Method::POST, "/api/orders/store/carts");
        let cart = store.door.insist(&ask).await?.expect(201)?;
        Ok(Self {
            door: store.door.clone(),
            slug: store.slug.clone(),
            cart: cart.text("/id")?,
            token: cart.text("/token")?,
            email: format!("{}@example.pt", unique("ana")),
            key: unique("order"),
        })
    }

    /// Comes in, buys one piece and pays it by card; the order and its total in cents.
    pub async fn buys(store: &Store, product: &Product) -> anyhow::Result<(Self, Placed, i64)> {
        let shopper = Self::enter(store).await?;
        shopper.want(product, 1).await?.expect(200)?;
        let total = shopper.cart().await?.number("/total/amount")?;
        let placed = Placed::of(&shopper.buy(total).await?.expect(201)?)?;
        let intent = shopper.pay(&placed).await?;
        store.stripe.choose(&intent, "card").await?;
        Ok((shopper, placed, total))
    }

    fn ask(&self, method: Method, path: &str) -> Ask {
        self.door
            .store(&self.slug, method, path)
            .header("x-cart-token", &self.token)
    }

    /// Sets how many of a product are in the cart: repeating it changes nothing.
    pub async fn want(&self, product: &Product, quantity: i64) -> anyhow::Result<Reply> {
        self.door.insist(&self.wanting(product, quantity)).await
    }

    pub fn wanting(&self, product: &Product, quantity: i64) -> Ask {
        let path = format!(
            "/api/orders/store/carts/{}/lines/{}",
            self.cart, product.variant
        );
        self.ask(Method::PUT, &path)
            .json(json!({ "quantity": quantity }))
    }

    pub async fn cart(&self) -> anyhow::Result<Reply> {
        self.door.insist(&self.looking()).await?.expect(200)
    }

    pub fn looking(&self) -> Ask {
        let path = format!("/api/orders/store/carts/{}", self.cart);
        self.ask(Method::GET, &path)
    }

    /// One click on "buy".
    pub async fn buy(&self, expected_total: i64) -> anyhow::Result<Reply> {
        self.door.insist(&self.buying(expected_total)).await
    }

    pub fn buying(&self, expected_total: i64) -> Ask {
        let body = json!({
            "cart_id": self.cart, "email": self.email, "phone": "912345678",
            "shipping_address": {
                "name": "Ana Silva", "line1": "Rua do Ouro 1", "city": "Lisboa",
                "postcode": "1100-148", "country": "PT",
            },
            "tax_id": "123456789", "payment_method": "card", "accepts_terms": true,
            "expected_total": { "amount": expected_total, "currency": "EUR" },
        });
        self.ask(Method::POST, "/api/orders/store/checkout")
            .key(&self.key)
            .json(body)
    }

    pub fn paying(&self, placed: &Placed) -> Ask {
        let body = json!({ "ticket": placed.ticket });
        self.ask(Method::POST, "/api/payments/store/intents")
            .json(body)
    }

    /// The payment form's intent for an order. Asking twice gives the same.
    pub async fn pay(&self, placed: &Placed) -> anyhow::Result<Intent> {
        let reply = self.door.insist(&self.paying(placed)).await?.expect(200)?;
        Ok(Intent {
            client_secret: reply.text("/client_secret")?,
            account: reply.text("/stripe_account")?,
        })
    }

    /// What the order is now.
    pub async fn state_of(&self, placed: &Placed) -> anyhow::Result<String> {
        let reply = self.door.insist(&self.following(placed)).await?;
        reply.expect(200)?.text("/status")
    }

    fn following(&self, placed: &Placed) -> Ask {
        let path = format!("/api/orders/store/orders/{}", placed.id);
        self.ask(Method::GET, &path)
            .header("x-order-token", &placed.token)
    }

    /// Waits until the order is in a state.
    pub async fn until(&self, placed: &Placed, status: &str) -> anyhow::Result<Value> {
        let ask = self.following(placed);
        let what = format!("order {} becoming {status}", placed.number);
        let arrived =
            |reply: &Reply| (reply.text("/status").ok()? == status).then(|| reply.body.clone());
        self.door.until(&what, &ask, arrived).await
    }
}

impl Placed {
    pub fn of(reply: &Reply) -> anyhow::Result<Self> {
        Ok(Self {
            id: reply.text("/id")?,
            number: reply.text("/number")?,
            token: reply.text("/token")?,
            ticket: reply.text("/payment_ticket")?,
        })
    }
}
