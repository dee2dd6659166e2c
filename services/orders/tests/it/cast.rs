//! Stores, goods, shoppers and what they do, with only what matters to a test said.

use bus::projections;
use db::TenantTx;
use events::catalog::v1::{ProductChanged, ProductStatus, Variant};
use events::payments::v1::{AccountChanged, Payment, PaymentSucceeded};
use events::tenants::v1::{TenantChanged, TenantStatus};
use http_kit::Role;
use kernel::{Currency, Money, PaymentId, ProductId, TenantId, VariantId};
use orders::events as hear;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Ask, Reply, World, euros};

pub const LISBON: &str = "1100-148";
pub const FUNCHAL: &str = "9000-001";
pub const PONTA_DELGADA: &str = "9500-150";

#[derive(Clone, Debug)]
pub struct Store {
    pub id: TenantId,
    pub slug: String,
    pub owner: Uuid,
}

/// A variant for sale, as catalog tells of it.
#[derive(Clone, Debug)]
pub struct Goods {
    pub product: ProductId,
    pub variant: VariantId,
    pub version: i64,
    pub price: i64,
    pub currency: &'static str,
    pub tax_class: &'static str,
    pub sku: String,
    pub tracked: bool,
    pub is_sent: bool,
    pub is_active: bool,
    pub quantities: (u32, u32, u32),
}

impl Goods {
    pub fn at(price: i64) -> Self {
        let variant = VariantId::new();
        Self {
            product: ProductId::new(),
            variant,
            version: 1,
            price,
            currency: "EUR",
            tax_class: "standard",
            sku: format!("SKU-{variant}"),
            tracked: true,
            is_sent: true,
            is_active: true,
            quantities: (0, 0, 0),
        }
    }

    pub fn event(&self, tenant: TenantId) -> ProductChanged {
        let price = Money::new(self.price, self.currency.parse().unwrap());
        ProductChanged {
            tenant_id: tenant.to_string(),
            product_id: self.product.to_string(),
            version: self.version,
            title: "M4 carbine".into(),
            slug: "m4-carbine".into(),
            status: ProductStatus::Active.into(),
            variants: vec![Variant {
                variant_id: self.variant.to_string(),
                sku: self.sku.clone(),
                title: "Black".into(),
                price: Some(price.into()),
                tax_class: self.tax_class.into(),
                weight_grams: 2_800,
                active: self.is_active,
                track_stock: self.tracked,
                requires_shipping: self.is_sent,
                quantity_min: self.quantities.0,
                quantity_max: self.quantities.1,
                quantity_step: self.quantities.2,
                ..Variant::default()
            }],
            ..ProductChanged::default()
        }
    }
}

#[derive(Clone, Debug)]
pub struct Cart {
    pub slug: String,
    pub id: String,
    pub token: String,
    /// Names this shopper's one intention to order.
    pub key: String,
}

impl Cart {
    pub fn ask(&self, method: Method, rest: &str) -> Ask {
        let path = format!("/api/orders/store/carts/{}{rest}", self.id);
        Ask::new(method, &self.slug, path).header("x-cart-token", &self.token)
    }

    /// A checkout of this cart, sent to Lisbon, with `changes` to its body.
    pub fn checkout(&self, total: i64, changes: Value) -> Ask {
        let mut body = json!({
            "cart_id": self.id, "email": "ana@example.pt", "phone": "912345678",
            "shipping_address": address(LISBON),
            "accepts_terms": true, "expected_total": euros(total),
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        Ask::new(Method::POST, &self.slug, "/api/orders/store/checkout")
            .header("x-cart-token", &self.token)
            .key(&self.key)
            .json(body)
    }
}

pub fn address(postcode: &str) -> Value {
    json!({
        "name": "Ana Silva", "line1": "Rua do Ouro 1", "city": "Lisboa",
        "postcode": postcode, "country": "PT",
    })
}

/// An order that was placed.
#[derive(Clone, Debug)]
pub struct Placed {
    pub store: Store,
    pub id: String,
    pub number: String,
    pub token: String,
    pub total: i64,
    pub payment: PaymentId,
}

impl Placed {
    pub fn of(store: &Store, reply: &Reply) -> Self {
        Self {
            store: store.clone(),
            id: reply.words("/id"),
            number: reply.words("/number"),
            token: reply.words("/token"),
            total: reply.number("/total/amount"),
            payment: PaymentId::new(),
        }
    }

    pub fn payment(&self) -> Payment {
        Payment {
            payment_id: self.payment.to_string(),
            version: 1,
            order_id: self.id.clone(),
            amount: Some(Money::new(self.total, Currency::EUR).into()),
            provider: "stripe".into(),
            ..Payment::default()
        }
    }

    pub fn succeeded(&self) -> PaymentSucceeded {
        PaymentSucceeded {
            tenant_id: self.store.id.to_string(),
            payment: Some(self.payment()),
            succeeded_at_us: 1,
        }
    }
}

impl World {
    /// A store that sells in Portugal, in euros, and can be paid.
    pub async fn store(&self) -> Store {
        let store = self.new_store().await;
        self.hear_account(account(&store, 1)).await;
        store
    }

    /// Payments told what the store's account can do.
    pub async fn hear_account(&self, news: AccountChanged) {
        let handle = async |tx: &mut TenantTx, delivery, _| {
            hear::account_changed::handle(tx, delivery).await
        };
        self.hear(news, handle).await.unwrap();
    }

    /// A store as it is provisioned, without an account.
    pub async fn new_store(&self) -> Store {
        let id = TenantId::new();
        let store = Store {
            id,
            slug: format!("shop-{}", id.uuid().simple()),
            owner: Uuid::now_v7(),
        };
        let event = tenant(&store, 1, TenantStatus::Active);
        let heard = self.hear(event, async |tx, delivery, _| {
            projections::tenant_changed(tx, delivery).await
        });
        heard.await.unwrap();
        store
    }

    /// Catalog told of the goods as they are now.
    pub async fn know(&self, store: &Store, goods: &Goods) {
        let event = goods.event(store.id);
        let heard = self.hear(event, hear::product_changed::handle).await;
        heard.unwrap();
    }

    /// Goods for sale with so many on the shelf.
    pub async fn sell(&self, store: &Store, goods: &Goods, on_hand: i64) {
        self.know(store, goods).await;
        self.count_stock(store, goods, on_hand).await;
    }

    pub async fn count_stock(&self, store: &Store, goods: &Goods, on_hand: i64) -> Reply {
        let path = format!("/api/orders/admin/stock/{}", goods.variant);
        let body = json!({ "on_hand": on_hand, "reason": "stocktake" });
        let ask = self.admin(store, Method::PUT, &path).json(body);
        self.send(ask).await.expect(200)
    }

    /// (on_hand, reserved) of a variant.
    pub async fn stock(&self, store: &Store, goods: &Goods) -> (i64, i64) {
        let path = format!("/api/orders/admin/stock?sku={}", goods.sku);
        let reply = self.send(self.admin(store, Method::GET, &path)).await;
        let reply = reply.expect(200);
        (
            reply.number("/items/0/on_hand"),
            reply.number("/items/0/reserved"),
        )
    }

    /// A request of the store's owner.
    pub fn admin(&self, store: &Store, method: Method, path: &str) -> Ask {
        let token = self.token_of(store.id, Role::Owner, store.owner);
        Ask::new(method, &store.slug, path).bearer(&token)
    }

    pub async fn cart(&self, store: &Store) -> Cart {
        let ask = Ask::new(Method::POST, &store.slug, "/api/orders/store/carts");
        let reply = self.send(ask).await.expect(201);
        Cart {
            slug: store.slug.clone(),
            id: reply.words("/id"),
            token: reply.words("/token"),
            key: Uuid::now_v7().to_string(),
        }
    }

    /// A cart with so many of the goods, and what it says.
    pub async fn cart_with(&self, store: &Store, goods: &Goods, quantity: i64) -> (Cart, Reply) {
        let cart = self.cart(store).await;
        let reply = self.put(&cart, goods, quantity).await.expect(200);
        (cart, reply)
    }

    pub async fn put(&self, cart: &Cart, goods: &Goods, quantity: i64) -> Reply {
        let ask = cart.ask(Method::PUT, &format!("/lines/{}", goods.variant));
        self.send(ask.json(json!({ "quantity": quantity }))).await
    }

    pub async fn add(&self, cart: &Cart, goods: &Goods, quantity: i64) -> Reply {
        let body = json!({ "variant_id": goods.variant, "quantity": quantity });
        self.send(cart.ask(Method::POST, "/lines").json(body)).await
    }

    pub async fn look(&self, cart: &Cart) -> Reply {
        self.send(cart.ask(Method::GET, "")).await.expect(200)
    }

    /// An order of so many of the goods, unpaid.
    pub async fn order(&self, store: &Store, goods: &Goods, quantity: i64) -> Placed {
        let (cart, reply) = self.cart_with(store, goods, quantity).await;
        let total = reply.number("/total/amount");
        let reply = self.send(cart.checkout(total, json!({}))).await.expect(201);
        Placed::of(store, &reply)
    }

    /// An order that was paid.
    pub async fn paid_order(&self, store: &Store, goods: &Goods, quantity: i64) -> Placed {
        let placed = self.order(store, goods, quantity).await;
        self.pay(&placed).await;
        placed
    }

    pub async fn pay(&self, placed: &Placed) {
        let heard = self.hear(placed.succeeded(), hear::payment_succeeded::handle);
        heard.await.unwrap();
    }

    /// The order as its shopper sees it.
    pub async fn shopper_sees(&self, placed: &Placed) -> Reply {
        let path = format!("/api/orders/store/orders/{}", placed.id);
        let ask = Ask::new(Method::GET, &placed.store.slug, path);
        let reply = self.send(ask.header("x-order-token", &placed.token)).await;
        reply.expect(200)
    }

    /// The order as the store's owner sees it.
    pub async fn owner_sees(&self, placed: &Placed) -> Reply {
        let path = format!("/api/orders/admin/orders/{}", placed.id);
        let ask = self.admin(&placed.store, Method::GET, &path);
        self.send(ask).await.expect(200)
    }

    /// The kinds of the entries on an order's timeline.
    pub async fn timeline(&self, placed: &Placed) -> Vec<String> {
        let entries = self.owner_sees(placed).await.list("/timeline");
        let kind = |entry: &Value| entry["kind"].as_str().unwrap().to_owned();
        entries.iter().map(kind).collect()
    }

    /// What the owner does with an order: cancel, refund, fulfil.
    pub async fn act(&self, placed: &Placed, action: &str, body: Value) -> Reply {
        let path = format!("/api/orders/admin/orders/{}/{action}", placed.id);
        let ask = self.admin(&placed.store, Method::POST, &path);
        let key = Uuid::now_v7().to_string();
        self.send(ask.key(&key).json(body)).await
    }
}

/// An account that can be charged.
pub fn account(store: &Store, version: i64) -> AccountChanged {
    AccountChanged {
        tenant_id: store.id.to_string(),
        version,
        charges_enabled: true,
        payment_methods: vec!["card".into()],
        live_mode: true,
        ..AccountChanged::default()
    }
}

pub fn tenant(store: &Store, version: i64, status: TenantStatus) -> TenantChanged {
    TenantChanged {
        tenant_id: store.id.to_string(),
        version,
        slug: store.slug.clone(),
        name: "A shop".into(),
        status: status.into(),
        country: "PT".into(),
        locale: "pt-PT".into(),
        currency: "EUR".into(),
        plan: "business".into(),
        template_id: "tactical".into(),
        ..TenantChanged::default()
    }
}
