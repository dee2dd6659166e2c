//! The service on a free port, and what the world around it says and asks.

use std::time::Duration;

use bus::{Delivery, HandleError, Relay};
use db::{Db, EmbeddedMigrations, Schema, TenantTx, embed_migrations};
use events::Event;
use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
use http_kit::{Role, Roles, Running};
use kernel::{EventId, SessionId, TenantId};
use orders::App;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use testkit::place::Place;
use testkit::until;

const TELLERS: [&str; 3] = ["tenants", "catalog", "payments"];
static OF_TELLERS: EmbeddedMigrations = embed_migrations!("tests/migrations");

pub struct World {
    pub place: Place,
    /// The service's own parts, with a pool of their own, as in another process.
    pub app: App,
    client: reqwest::Client,
    running: Running,
    tellers: Vec<Teller>,
    over: CancellationToken,
}

/// Another service, as far as it tells things: an outbox and its relay.
struct Teller {
    service: &'static str,
    db: Db,
}

/// An answer, read.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
    pub text: String,
    pub etag: Option<String>,
    pub location: Option<String>,
    pub replayed: bool,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// The answer, which must be this problem.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status.as_u16(), self.code()),
            (status, code),
            "{}",
            self.text
        );
        self
    }

    /// A whole number by its JSON pointer.
    #[track_caller]
    pub fn number(&self, pointer: &str) -> i64 {
        let found = self.body.pointer(pointer).and_then(Value::as_i64);
        found.unwrap_or_else(|| panic!("{pointer} is a number in {}", self.text))
    }

    /// A text by its JSON pointer.
    #[track_caller]
    pub fn words(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("{pointer} is a text in {}", self.text))
            .to_owned()
    }

    /// A list by its JSON pointer.
    #[track_caller]
    pub fn list(&self, pointer: &str) -> Vec<Value> {
        let found = self.body.pointer(pointer).and_then(Value::as_array);
        found
            .unwrap_or_else(|| panic!("{pointer} is a list in {}", self.text))
            .clone()
    }

    /// The pointers of the fields that a problem names.
    pub fn wrong_fields(&self) -> Vec<String> {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        let pointer = |error: &Value| error["pointer"].as_str().map(str::to_owned);
        errors.iter().filter_map(pointer).collect()
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    method: Method,
    slug: String,
    path: String,
    body: Option<Value>,
    headers: Vec<(&'static str, String)>,
    /// Another process of the service than the world's own.
    address: Option<String>,
}

impl Ask {
    pub fn new(method: Method, slug: &str, path: impl Into<String>) -> Self {
        Self {
            method,
            slug: slug.to_owned(),
            path: path.into(),
            body: None,
            headers: Vec::new(),
            address: None,
        }
    }

    pub fn at(self, address: &str) -> Self {
        Self {
            address: Some(address.to_owned()),
            ..self
        }
    }

    pub fn json(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub fn key(mut self, key: &str) -> Self {
        self.headers.retain(|(name, _)| *name != "idempotency-key");
        self.header("idempotency-key", key)
    }
}

impl World {
    /// Without a broker: events are handed to the handlers, see [`World::hear`].
    pub async fn start() -> Self {
        Self::on(Place::without_broker(&[orders::MIGRATIONS]).await).await
    }

    /// With a broker, on which everybody's events travel, each under its own service's login.
    pub async fn with_broker() -> Self {
        let others = TELLERS.map(|name| Schema {
            name,
            migrations: &OF_TELLERS,
        });
        let schemas: Vec<Schema> = [orders::MIGRATIONS].into_iter().chain(others).collect();
        let mut world = Self::on(Place::start(&schemas).await).await;
        for service in TELLERS {
            let db = world.place.database.db(service);
            let relay = Relay::new(db.clone(), world.place.platform.rabbit.clone());
            tokio::spawn(relay.run(world.over.clone()));
            world.tellers.push(Teller { service, db });
        }
        world
    }

    pub async fn on(place: Place) -> Self {
        let app = orders::operator::app(&place.platform).await.unwrap();
        let parts = vec![orders::build(&place.platform).await.unwrap()];
        let running = Running::start(&place.platform, parts, Roles::ALL).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        Self {
            place,
            app,
            client,
            running,
            tellers: Vec::new(),
            over: CancellationToken::new(),
        }
    }

    pub fn db(&self) -> &Db {
        &self.app.db
    }

    pub async fn send(&self, ask: Ask) -> Reply {
        let own = || self.running.address("orders").unwrap().to_string();
        let address = ask.address.unwrap_or_else(own);
        let base = &self.place.platform.config.base_domain;
        let mut request = self
            .client
            .request(ask.method, format!("http://{address}{}", ask.path))
            .header("host", format!("{}.{base}:8080", ask.slug));
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        if let Some(body) = ask.body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let header = |name| {
            let value = answer.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        let (etag, location) = (header("etag"), header("location"));
        let (status, replayed) = (answer.status(), header("idempotent-replayed").is_some());
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply {
            status,
            body,
            text,
            etag,
            location,
            replayed,
        }
    }

    /// Hands an event to its handler in a transaction of its own, as the consumer does.
    pub async fn hear<E: Event>(
        &self,
        event: E,
        handler: impl AsyncFnOnce(&mut TenantTx, Delivery<E>, App) -> Result<(), HandleError>,
    ) -> Result<(), HandleError> {
        self.hear_as(EventId::new(), event, handler).await
    }

    /// Like [`World::hear`], as the delivery of a known event: its second one, for instance.
    pub async fn hear_as<E: Event>(
        &self,
        id: EventId,
        event: E,
        handler: impl AsyncFnOnce(&mut TenantTx, Delivery<E>, App) -> Result<(), HandleError>,
    ) -> Result<(), HandleError> {
        let tenant: TenantId = event.tenant_id().parse().unwrap();
        let delivery = Delivery {
            id,
            tenant,
            occurred_at: self.place.clock.now(),
            message: event,
        };
        let app = self.app.clone();
        self.db()
            .tenant(tenant, async |tx| handler(tx, delivery, app).await)
            .await
    }

    /// The event's own service tells it on the broker.
    pub async fn tell<E: Event>(&self, event: &E) {
        let tenant: TenantId = event.tenant_id().parse().unwrap();
        let is_its = |teller: &&Teller| E::TYPE.starts_with(&format!("{}.", teller.service));
        let teller = self.tellers.iter().find(is_its).unwrap();
        let told = teller
            .db
            .tenant(tenant, async |tx| bus::emit(tx, event).await);
        told.await.unwrap();
    }

    pub fn token(&self, tenant: TenantId, role: Role) -> String {
        self.token_of(tenant, role, Uuid::now_v7())
    }

    pub fn token_of(&self, tenant: TenantId, role: Role, id: Uuid) -> String {
        let audience = match role {
            Role::Customer => TokenAudience::Shopper,
            role if role.is_platform() => TokenAudience::Sysadmin,
            _ => TokenAudience::Staff,
        };
        let clock = self.place.clock.clone();
        let issuer = TokenIssuer::new(&self.place.platform.config, clock).unwrap();
        let subject = Subject {
            id,
            session: SessionId::new(),
            tenant,
            role,
            perms_version: 1,
            audience,
        };
        issuer.issue(&subject).token
    }

    /// The events of a type that this store was told of, the oldest first.
    pub async fn told<E: Event>(&self, tenant: TenantId) -> Vec<E> {
        let owner = self.place.database.all_stores("orders").await;
        let sql =
            "SELECT payload FROM outbox WHERE tenant_id = $1::text::uuid AND type = $2 ORDER BY id";
        let rows = owner
            .query(sql, &[&tenant.to_string(), &E::TYPE])
            .await
            .unwrap();
        let payloads = rows.iter().map(|row| row.get::<_, Vec<u8>>(0));
        payloads
            .map(|payload| E::decode(payload.as_slice()).unwrap())
            .collect()
    }

    /// What a question about all stores' rows answers.
    pub async fn count(&self, sql: &str) -> i64 {
        let owner = self.place.database.all_stores("orders").await;
        owner.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// What must hold at every moment. Whether events were published is another's test.
    pub async fn holds(&self) {
        let broken = orders::invariants::check(self.db()).await.unwrap();
        let counts = |rule: &str| rule != "I7 every event was published";
        let broken: Vec<_> = broken
            .into_iter()
            .filter(|(rule, rows)| *rows > 0 && counts(rule))
            .collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    pub async fn end(self) {
        self.holds().await;
        self.over.cancel();
        self.running.stop().await;
    }
}

/// Looks again and again until it is so.
pub async fn eventually(what: &str, is_so: impl AsyncFn() -> bool) {
    until(what, async || is_so().await.then_some(())).await;
}

pub fn euros(minor: i64) -> Value {
    json!({ "amount": minor, "currency": "EUR" })
}
