//! The service on a free port, a Moloni beside it, stores, and people who ask. The worker does nothing by
//! itself: a test says when it works.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration as StdDuration;

use bus::Delivery;
use db::Schema;
use events::Event;
use events::orders::v1::{Order, OrderCancelled, OrderClaimed, OrderPaid, OrderRefunded};
use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
use http_kit::{Role, Roles, Running};
use invoicing::events::{order_cancelled, order_claimed, order_paid, order_refunded};
use kernel::{Clock, CustomerId, EventId, SessionId, TenantId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::moloni::Double;
use crate::orders;
use testkit::place::Place;

/// A loaded machine makes a service busy more than once.
const BUSY_MAX: usize = 20;
/// After this what was made is looked for.
pub const SEARCH_AFTER: Duration = Duration::minutes(4);
/// After this whatever is tried again by itself was tried again.
pub const LATER: Duration = Duration::minutes(11);

pub struct World {
    pub place: Place,
    pub moloni: Double,
    pub app: invoicing::App,
    client: reqwest::Client,
    running: Running,
    made: AtomicU32,
}

#[derive(Clone, Debug)]
pub struct Store {
    pub id: TenantId,
    pub slug: String,
    /// At Moloni; 0 until it is chosen.
    pub company: i64,
}

/// An answer, read.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
    pub bytes: Vec<u8>,
    pub headers: reqwest::header::HeaderMap,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// What a browser keeps of the answer: name and value.
    pub fn cookie(&self) -> String {
        let whole = self.headers["set-cookie"].to_str().unwrap();
        whole.split(';').next().unwrap().to_owned()
    }

    pub fn expect(self, status: u16) -> Self {
        let text = String::from_utf8_lossy(&self.bytes);
        assert_eq!(self.status, status, "{text}");
        self
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(&[invoicing::MIGRATIONS], Roles::SERVE).await
    }

    pub async fn with(schemas: &[Schema], roles: Roles) -> Self {
        let moloni = Double::start().await;
        let base = format!("{}/v1/", moloni.base);
        let settings = [
            ("MOLONI_CLIENT_ID", "simulator"),
            ("MOLONI_CLIENT_SECRET", "simulator-secret"),
            ("MOLONI_API_BASE", base.as_str()),
            ("SEALING_KEYS", "k1:a-secret-of-the-tests-that-seals"),
        ];
        let place = Place::with(schemas, &settings).await;
        let foundation = place.platform.foundation(invoicing::MIGRATIONS).await;
        let app = invoicing::App::new(&place.platform, &foundation.unwrap()).unwrap();
        let parts = vec![invoicing::build(&place.platform).await.unwrap()];
        let running = Running::start(&place.platform, parts, roles).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(StdDuration::from_secs(60))
            .build()
            .unwrap();
        Self {
            place,
            moloni,
            app,
            client,
            running,
            made: AtomicU32::new(0),
        }
    }

    /// The service again, as after a restart: nothing is remembered but what is in the database.
    pub async fn restart(&mut self) {
        let foundation = self.place.platform.foundation(invoicing::MIGRATIONS).await;
        self.app = invoicing::App::new(&self.place.platform, &foundation.unwrap()).unwrap();
    }

    fn url(&self, path: &str) -> String {
        format!(
            "http://{}{path}",
            self.running.address("invoicing").unwrap()
        )
    }

    /// Both clocks move: ours and Moloni's.
    pub fn advance(&self, by: Duration) {
        self.place.clock.advance(by);
        self.moloni.clock.advance(by);
    }

    /// A store that invoicing has heard of.
    pub async fn store(&self) -> Store {
        self.store_in("pt-PT", "{\"invoicing.moloni\": 1}").await
    }

    pub async fn store_in(&self, locale: &str, entitlements: &str) -> Store {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let (id, slug) = (TenantId::new(), format!("shop{number}"));
        let sql = format!(
            "SET ROLE stores_invoicing_system;
             INSERT INTO invoicing.tenant_view (tenant_id, slug, name, status, hosts, country, locale,
               currency, plan, template_id, application_fee_bps, entitlements, version)
             VALUES ('{id}', '{slug}', 'Loja {number}', 'active', '{{}}', 'PT', '{locale}', 'EUR', 'business',
               'tactical', 150, '{entitlements}', 1)"
        );
        let owner = self.place.database.owner().await;
        owner.batch_execute(&sql).await.unwrap();
        self.app.directory.load().await.unwrap();
        Store {
            id,
            slug,
            company: 0,
        }
    }

    /// A store whose merchant let us in at Moloni.
    pub async fn connected(&self) -> Store {
        let store = self.store().await;
        self.connect(&store).await;
        store
    }

    pub async fn connect(&self, store: &Store) {
        let path = "/api/invoicing/admin/connection/authorize";
        let begun = self
            .admin(store, Method::POST, path, Value::Null)
            .await
            .expect(200);
        let back = self.moloni.agree(begun.body["url"].as_str().unwrap()).await;
        let reply = self.come_back(&begun.cookie(), &back).await.expect(303);
        let location = reply.headers["location"].to_str().unwrap();
        assert!(location.ends_with("?moloni=connected"), "{location}");
    }

    /// A browser comes back from Moloni, with the cookie that it has.
    pub async fn come_back(&self, cookie: &str, query: &str) -> Reply {
        let path = format!("/api/invoicing/moloni/callback?{query}");
        let request = self.ask(Method::GET, "", &path);
        self.send(request.header("cookie", cookie)).await
    }

    /// A store that issues invoice-receipts by itself.
    pub async fn open_store(&self) -> Store {
        self.open_store_with(json!({})).await
    }

    pub async fn open_store_with(&self, settings: Value) -> Store {
        let mut store = self.connected().await;
        store.company = self.moloni.company(json!({})).await;
        self.configure(&store, settings).await.expect(200);
        store
    }

    pub async fn configure(&self, store: &Store, changes: Value) -> Reply {
        let path = format!("/api/invoicing/admin/moloni/companies/{}", store.company);
        let offered = self
            .admin(store, Method::GET, &path, Value::Null)
            .await
            .expect(200);
        let series = offered.body["series"].as_array().unwrap();
        let usual = series.iter().find(|one| one["is_usual"] == true).unwrap();
        let mut settings = json!({
            "company_id": store.company,
            "document_set_id": usual["id"],
            "kind": "invoice_receipt",
            "close": true,
        });
        for (name, value) in changes.as_object().unwrap() {
            settings[name] = value.clone();
        }
        let path = "/api/invoicing/admin/settings";
        let before = self.admin(store, Method::GET, path, Value::Null).await;
        let token = self.token(store.id, Role::Owner);
        let mut request = self.ask(Method::PUT, &store.slug, path).bearer_auth(token);
        if let Some(version) = before.body["version"].as_i64() {
            request = request.header("if-match", format!("\"{version}\""));
        }
        self.send(request.json(&settings)).await
    }

    pub fn token(&self, tenant: TenantId, role: Role) -> String {
        let audience = if role.is_platform() {
            TokenAudience::Sysadmin
        } else {
            TokenAudience::Staff
        };
        let issuer = TokenIssuer::new(&self.place.platform.config, self.place.clock.clone());
        let subject = Subject {
            id: Uuid::now_v7(),
            session: SessionId::new(),
            tenant,
            role,
            perms_version: 1,
            audience,
        };
        issuer.unwrap().issue(&subject).token
    }

    /// What a customer of the store asks with.
    pub fn customer_token(&self, tenant: TenantId, customer: CustomerId) -> String {
        let issuer = TokenIssuer::new(&self.place.platform.config, self.place.clock.clone());
        let subject = Subject {
            id: customer.uuid(),
            session: SessionId::new(),
            tenant,
            role: Role::Customer,
            perms_version: 1,
            audience: TokenAudience::Shopper,
        };
        issuer.unwrap().issue(&subject).token
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

    /// As every client does, asks again when the service is busy for a moment.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        for _ in 0..BUSY_MAX {
            let reply = read(request.try_clone().unwrap()).await;
            if !matches!(
                reply.code(),
                "busy" | "temporarily-unavailable" | "store-not-here-yet"
            ) {
                return reply;
            }
        }
        read(request).await
    }

    /// As the store's owner.
    pub async fn admin(&self, store: &Store, method: Method, path: &str, body: Value) -> Reply {
        let token = self.token(store.id, Role::Owner);
        let request = self.ask(method, &store.slug, path).bearer_auth(token);
        let request = match body {
            Value::Null => request,
            body => request.json(&body),
        };
        self.send(request).await
    }

    pub async fn sysadmin(&self, method: Method, path: &str) -> Reply {
        let token = self.token(TenantId::PLATFORM, Role::Sysadmin);
        self.send(self.ask(method, "", path).bearer_auth(token))
            .await
    }

    pub async fn get(&self, store: &Store, path: &str) -> Reply {
        self.send(self.ask(Method::GET, &store.slug, path)).await
    }
}

async fn read(request: reqwest::RequestBuilder) -> Reply {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.unwrap().to_vec();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Reply {
        status,
        body,
        bytes,
        headers,
    }
}

impl World {
    pub async fn hear_paid(&self, store: &Store, order: &Order) {
        let delivery = delivery(store, orders::was_paid(order));
        self.hear(
            store,
            delivery,
            async |tx, delivery: Delivery<OrderPaid>, app| {
                order_paid::handle(tx, delivery, app).await
            },
        )
        .await;
    }

    pub async fn hear_cancelled(&self, store: &Store, order: &Order) {
        let delivery = delivery(store, orders::was_cancelled(order));
        self.hear(
            store,
            delivery,
            async |tx, delivery: Delivery<OrderCancelled>, app| {
                order_cancelled::handle(tx, delivery, app).await
            },
        )
        .await;
    }

    pub async fn hear_refunded(&self, store: &Store, refund: &OrderRefunded) {
        let delivery = delivery(store, refund.clone());
        self.hear(
            store,
            delivery,
            async |tx, delivery: Delivery<OrderRefunded>, app| {
                order_refunded::handle(tx, delivery, app).await
            },
        )
        .await;
    }

    pub async fn hear_claimed(&self, store: &Store, order: &Order) {
        let delivery = delivery(store, orders::was_claimed(order));
        self.hear(
            store,
            delivery,
            async |tx, delivery: Delivery<OrderClaimed>, app| {
                order_claimed::handle(tx, delivery, app).await
            },
        )
        .await;
    }

    async fn hear<E>(
        &self,
        store: &Store,
        delivery: Delivery<E>,
        handle: impl AsyncFnOnce(
            &mut db::TenantTx,
            Delivery<E>,
            invoicing::App,
        ) -> Result<(), bus::HandleError>,
    ) {
        let mut tx = self.app.db.begin_tenant(store.id).await.unwrap();
        handle(&mut tx, delivery, self.app.clone()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The worker works until nothing more is due.
    pub async fn work(&self) {
        let stop = CancellationToken::new();
        while invoicing::issue::work_off(&self.app, &stop).await.unwrap() > 0 {}
    }

    /// The queue as the merchant sees it.
    pub async fn queue(&self, store: &Store, query: &str) -> Value {
        let path = format!("/api/invoicing/admin/documents{query}");
        self.admin(store, Method::GET, &path, Value::Null)
            .await
            .expect(200)
            .body
    }

    /// The order's invoice.
    pub async fn invoice(&self, store: &Store, order: &Order) -> Value {
        let all = self.queue(store, "?limit=100").await;
        let items = all["items"].as_array().unwrap();
        let found = items
            .iter()
            .find(|one| one["order_id"] == order.order_id.as_str() && one["refund_id"].is_null());
        found.expect("the order has an invoice").clone()
    }

    /// The refund's credit note.
    pub async fn credit(&self, store: &Store, refund: &OrderRefunded) -> Value {
        let all = self.queue(store, "?limit=100").await;
        let items = all["items"].as_array().unwrap();
        let found = items
            .iter()
            .find(|one| one["refund_id"] == refund.refund_id.as_str());
        found.expect("the refund has a credit note").clone()
    }

    /// An order that was paid, heard of and worked on.
    pub async fn invoiced(&self, store: &Store, order: &Order) -> Value {
        self.hear_paid(store, order).await;
        self.work().await;
        self.invoice(store, order).await
    }

    pub async fn retry(&self, store: &Store, document: &Value) -> Reply {
        let id = document["id"].as_str().unwrap();
        let path = format!("/api/invoicing/admin/documents/{id}/retry");
        self.admin(store, Method::POST, &path, Value::Null).await
    }

    /// Everything of a type that the store's invoicing told, in its order.
    pub async fn told<E: Event>(&self, store: &Store) -> Vec<E> {
        let sql = format!(
            "SELECT payload FROM invoicing.outbox WHERE tenant_id = '{}' AND type = '{}' ORDER BY id",
            store.id,
            E::TYPE
        );
        let owner = self.place.database.all_stores("invoicing").await;
        let rows = owner.query(&sql, &[]).await.unwrap();
        rows.iter()
            .map(|row| E::decode(row.get::<_, &[u8]>(0)).unwrap())
            .collect()
    }

    /// Something that only the database's owner does.
    pub async fn sql(&self, sql: &str) {
        let owner = self.place.database.owner().await;
        let sql = format!("SET ROLE stores_invoicing_system; {sql}");
        owner.batch_execute(&sql).await.unwrap();
    }

    /// Series that somebody works on, of which this holds.
    pub async fn leases(&self, what: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM invoicing.series_lease WHERE {what}");
        let owner = self.place.database.all_stores("invoicing").await;
        owner.query_one(&sql, &[]).await.unwrap().get(0)
    }

    /// Every rule holds.
    pub async fn end(self) {
        // Nothing is published without a broker.
        let expected = ["I7 every event was published"];
        let found = invoicing::invariants::check(&self.app.db).await.unwrap();
        let broken: Vec<_> = found
            .into_iter()
            .filter(|(rule, rows)| *rows > 0 && !expected.contains(rule))
            .collect();
        assert!(broken.is_empty(), "{broken:?}");
        self.running.stop().await;
    }
}

fn delivery<E>(store: &Store, message: E) -> Delivery<E> {
    Delivery {
        id: EventId::new(),
        tenant: store.id,
        occurred_at: Clock::system().now(),
        message,
    }
}
