//! The service on a free port, a ZeptoMail beside it, stores, and what other services tell of them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration as StdDuration;

use bus::{Delivery, HandleError};
use db::{Schema, TenantTx};
use events::common::v1::{Address, TaxAmount};
use events::orders::v1::{Order, OrderLine, OrderPaid, OrderPlaced, OrderStatus};
use events::tenants::v1::{StaffChanged, StaffStatus};
use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
use http_kit::{Role, Roles, Running};
use kernel::{Currency, EventId, Money, SessionId, StaffId, TenantId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::receiver::Receiver;
use crate::zepto::{self, Zepto};
use testkit::place::Place;
use testkit::until;

pub struct World {
    pub place: Place,
    pub zepto: Zepto,
    pub app: mail::App,
    pub receiver: Receiver,
    client: reqwest::Client,
    running: Option<Running>,
    made: AtomicU32,
}

#[derive(Clone, Debug)]
pub struct Store {
    pub id: TenantId,
    pub slug: String,
    /// Its owner, who can be written to.
    pub owner: StaffId,
    pub owner_email: String,
}

/// An answer, read.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
    pub text: String,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(&[mail::MIGRATIONS], |_| Vec::new()).await
    }

    /// With settings of the test's own, made from where SMTP listens.
    pub async fn with(
        schemas: &[Schema],
        settings: impl Fn(&str) -> Vec<(&'static str, String)>,
    ) -> Self {
        testkit::logs::keep(&["mail", "lettre"]);
        let (zepto, receiver) = (Zepto::start().await, Receiver::start().await);
        let base = format!("{}/v1.1", zepto.base);
        let allowed = receiver.address.to_string();
        let own = settings(&zepto.smtp().await);
        let mut all = vec![
            ("ZEPTOMAIL_API_BASE", base.as_str()),
            ("ZEPTOMAIL_API_KEY", zepto::TOKEN),
            ("ZEPTOMAIL_WEBHOOK_KEY", zepto::WEBHOOK_KEY),
            ("OUTBOUND_ALLOWED", allowed.as_str()),
            ("SMTP_URL", ""),
        ];
        all.extend(own.iter().map(|(name, value)| (*name, value.as_str())));
        let place = Place::with(schemas, &all).await;
        let mut world = Self {
            app: app(&place).await,
            running: None,
            place,
            zepto,
            receiver,
            client: reqwest::Client::builder()
                .no_proxy()
                .timeout(StdDuration::from_secs(30))
                .build()
                .unwrap(),
            made: AtomicU32::new(0),
        };
        world.run().await;
        world
    }

    /// Starts the service, as at first or after it was killed.
    pub async fn run(&mut self) {
        let parts = vec![mail::build(&self.place.platform).await.unwrap()];
        self.running = Some(Running::start(&self.place.platform, parts, Roles::ALL).unwrap());
        let hook = json!({ "url": self.url("/api/webhooks/zeptomail") });
        self.zepto.lever("webhooks/urls", hook).await;
    }

    /// Ends the process's work.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    pub fn url(&self, path: &str) -> String {
        let running = self.running.as_ref().unwrap();
        format!("http://{}{path}", running.address("mail").unwrap())
    }

    /// The provider's webhooks go nowhere.
    pub async fn go_deaf(&self) {
        self.zepto
            .lever("webhooks/urls", json!({ "url": "" }))
            .await;
    }

    pub fn advance(&self, by: Duration) {
        self.place.clock.advance(by);
        self.zepto.clock.advance(by);
    }

    pub fn number(&self) -> u32 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// A store that mail has heard of, with an owner.
    pub async fn store(&self) -> Store {
        let (id, slug) = (TenantId::new(), format!("shop{}", self.number()));
        let sql = format!(
            "SET ROLE stores_mail_system;
             INSERT INTO mail.tenant_view (tenant_id, slug, name, status, hosts, country, locale,
               currency, plan, template_id, application_fee_bps, entitlements, version)
             VALUES ('{id}', '{slug}', 'Loja {slug}', 'active', '{{}}', 'PT', 'pt-PT', 'EUR', 'business',
               'tactical', 0, '{{\"mail.own_sender\": 1, \"limit.webhook_endpoints\": 2, \"limit.mails_per_month\": 100}}', 1)"
        );
        let owner = self.place.database.owner().await;
        owner.batch_execute(&sql).await.unwrap();
        self.app.directory.load().await.unwrap();
        let store = Store {
            id,
            owner: StaffId::new(),
            owner_email: format!("dono.{slug}@example.pt"),
            slug,
        };
        let staff = StaffChanged {
            tenant_id: id.to_string(),
            staff_id: store.owner.to_string(),
            version: 1,
            role: "owner".into(),
            perms_version: 1,
            status: StaffStatus::Active.into(),
            name: "Dona Owner".into(),
            email: store.owner_email.clone(),
            locale: "en".into(),
            ..StaffChanged::default()
        };
        self.heard(&store, staff, mail::events::stores::staff_changed)
            .await
            .unwrap();
        // The running service knows of the store as soon as it is asked at its host.
        until("the store is known", async || {
            let reply = self
                .admin(&store, Method::GET, "/api/mail/admin/settings")
                .await;
            (reply.status == 200).then_some(())
        })
        .await;
        store
    }

    /// Hands an event to its handler, as the consumer does.
    pub async fn heard<E, H>(&self, store: &Store, event: E, handler: H) -> Result<(), HandleError>
    where
        H: AsyncFnOnce(&mut TenantTx, Delivery<E>, mail::App) -> Result<(), HandleError>,
    {
        let delivery = self.delivery(store, event);
        self.delivered(store, delivery, handler).await
    }

    pub fn delivery<E>(&self, store: &Store, message: E) -> Delivery<E> {
        Delivery {
            id: EventId::new(),
            tenant: store.id,
            occurred_at: self.place.clock.now(),
            message,
        }
    }

    pub async fn delivered<E, H>(
        &self,
        store: &Store,
        delivery: Delivery<E>,
        handler: H,
    ) -> Result<(), HandleError>
    where
        H: AsyncFnOnce(&mut TenantTx, Delivery<E>, mail::App) -> Result<(), HandleError>,
    {
        let app = self.app.clone();
        self.app
            .db
            .tenant(store.id, async |tx| handler(tx, delivery, app).await)
            .await
    }

    /// An order that was placed by whoever has `email`.
    pub async fn placed(&self, store: &Store, email: &str) -> Order {
        let order = self.order(email);
        let event = OrderPlaced {
            tenant_id: store.id.to_string(),
            order: Some(order.clone()),
        };
        self.heard(store, event, mail::events::orders::placed)
            .await
            .unwrap();
        order
    }

    pub async fn paid(&self, store: &Store, order: &Order) {
        let order = Order {
            version: order.version + 1,
            status: OrderStatus::Paid.into(),
            ..order.clone()
        };
        let event = OrderPaid {
            tenant_id: store.id.to_string(),
            order: Some(order),
        };
        self.heard(store, event, mail::events::orders::paid)
            .await
            .unwrap();
    }

    pub fn order(&self, email: &str) -> Order {
        let money = |minor| Some(Money::new(minor, Currency::EUR).into());
        let number = self.number();
        let address = Address {
            name: "Ana Martins".into(),
            line1: "Rua das Flores 12".into(),
            city: "Lisboa".into(),
            postcode: "1100-148".into(),
            country: "PT".into(),
            ..Address::default()
        };
        Order {
            order_id: Uuid::now_v7().to_string(),
            version: 1,
            number: format!("PT-{number}"),
            status: OrderStatus::PendingPayment.into(),
            currency: "EUR".into(),
            locale: "pt-PT".into(),
            email: email.into(),
            shipping_address: Some(address.clone()),
            billing_address: Some(address),
            lines: vec![OrderLine {
                line_id: Uuid::now_v7().to_string(),
                title: "Casaco <b>Serra</b>".into(),
                quantity: 2,
                total: money(4_990),
                ..OrderLine::default()
            }],
            prices_include_tax: true,
            subtotal: money(4_990),
            shipping_total: money(0),
            total: money(4_990),
            amount_due: money(4_990),
            taxes: vec![TaxAmount {
                tax_class: "standard".into(),
                rate_bps: 2_300,
                net: money(4_057),
                tax: money(933),
                ..TaxAmount::default()
            }],
            channel: "web".into(),
            placed_at_us: events::to_us(self.place.clock.now()),
            access_token: "access-token-1".into(),
            ..Order::default()
        }
    }

    pub fn token(&self, tenant: TenantId, id: Uuid, role: Role) -> String {
        let audience = if role.is_platform() {
            TokenAudience::Sysadmin
        } else {
            TokenAudience::Staff
        };
        let issuer = TokenIssuer::new(&self.place.platform.config, self.place.clock.clone());
        let subject = Subject {
            id,
            session: SessionId::new(),
            tenant,
            role,
            perms_version: 1,
            audience,
        };
        issuer.unwrap().issue(&subject).token
    }

    /// As every client does, asks again when the service is busy for a moment.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        for _ in 0..20 {
            let reply = read(request.try_clone().unwrap()).await;
            if !matches!(reply.code(), "busy" | "temporarily-unavailable") {
                return reply;
            }
        }
        read(request).await
    }

    pub fn ask(&self, method: Method, slug: &str, path: &str) -> reqwest::RequestBuilder {
        let base = &self.place.platform.config.base_domain;
        let host = if slug.is_empty() {
            base.clone()
        } else {
            format!("{slug}.{base}")
        };
        self.client
            .request(method, self.url(path))
            .header("host", host)
    }

    /// As the store's owner.
    pub async fn admin(&self, store: &Store, method: Method, path: &str) -> Reply {
        self.send(self.owner(store, method, path)).await
    }

    pub fn owner(&self, store: &Store, method: Method, path: &str) -> reqwest::RequestBuilder {
        let token = self.token(store.id, store.owner.uuid(), Role::Owner);
        self.ask(method, &store.slug, path)
            .bearer_auth(token)
            .header("idempotency-key", Uuid::now_v7().to_string())
    }

    /// As the store's owner, with a body and the version that was seen.
    pub async fn put(&self, store: &Store, path: &str, seen: i64, body: Value) -> Reply {
        let request = self
            .owner(store, Method::PUT, path)
            .header("if-match", format!("\"{seen}\""));
        self.send(request.json(&body)).await
    }

    pub async fn sysadmin(&self, method: Method, path: &str) -> Reply {
        let token = self.token(TenantId::PLATFORM, Uuid::now_v7(), Role::Sysadmin);
        self.send(self.ask(method, "", path).bearer_auth(token))
            .await
    }

    /// The store's mails of a kind, the newest first.
    pub async fn mails(&self, store: &Store, kind: &str) -> Vec<Value> {
        let path = format!("/api/mail/admin/messages?kind={kind}&limit=100");
        let reply = self.admin(store, Method::GET, &path).await.expect(200);
        reply.body["items"].as_array().unwrap().clone()
    }

    /// The newest mail of a kind, once it is in a state.
    pub async fn until_mail(&self, store: &Store, kind: &str, state: &str) -> Value {
        until(&format!("the mail {kind} is {state}"), async || {
            let newest = self.mails(store, kind).await.into_iter().next()?;
            (newest["state"] == state).then_some(newest)
        })
        .await
    }

    /// Posts an event of the provider's.
    pub async fn provider(&self, signature: Option<&str>, body: &[u8]) -> Reply {
        let mut request = self.client.post(self.url("/api/webhooks/zeptomail"));
        if let Some(signature) = signature {
            request = request.header("producer-signature", signature);
        }
        self.send(request.body(body.to_vec())).await
    }

    /// One value of one row, as the database has it.
    pub async fn number_of(&self, sql: &str) -> i64 {
        let owner = self.place.database.all_stores("mail").await;
        owner.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// Every rule holds.
    pub async fn end(mut self) {
        // Nothing is published without a broker.
        let expected = ["I7 every event was published"];
        let found = mail::invariants::check(&self.app.db).await.unwrap();
        let broken: Vec<_> = found
            .into_iter()
            .filter(|(rule, rows)| *rows > 0 && !expected.contains(rule))
            .collect();
        assert!(broken.is_empty(), "{broken:?}");
        self.stop().await;
    }
}

/// A second instance's state, for handlers that are called by the test itself.
async fn app(place: &Place) -> mail::App {
    let foundation = place.platform.foundation(mail::MIGRATIONS).await.unwrap();
    mail::App::new(&place.platform, &foundation).unwrap()
}

async fn read(request: reqwest::RequestBuilder) -> Reply {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Reply { status, body, text }
}
