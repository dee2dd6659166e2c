//! The service on free ports, stores, and people who ask it.

use std::collections::BTreeMap;
use std::time::Duration;

use bus::{Delivery, projections};
use db::{Db, TenantTx};
use diesel::sql_types::{Array, BigInt, Binary, Text};
use diesel_async::RunQueryDsl;
use events::Event;
use events::catalog::v1::ActionRecorded;
use events::common::v1::Action;
use events::tenants::v1::{TenantChanged, TenantStatus};
use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
use http_kit::{Role, Roles, Running};
use kernel::{EventId, SessionId, TenantId};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use testkit::place::Place;
use testkit::until;

/// Gone with [`World::end`], which also asks for everything that must always hold.
pub struct World {
    pub place: Place,
    pub db: Db,
    client: reqwest::Client,
    instances: Vec<Running>,
}

/// A store and its owner.
pub struct Shop<'a> {
    pub world: &'a World,
    pub tenant: TenantId,
    pub slug: String,
    owner: Uuid,
}

/// An answer, read.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Vec<u8>,
    pub body: Value,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body of an answer that has to have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.body
    }

    /// The wrong fields that were named: pointer and code.
    pub fn faults(&self) -> Vec<(&str, &str)> {
        let errors = self.body["errors"].as_array();
        let errors = errors.map_or(&[][..], Vec::as_slice);
        errors
            .iter()
            .map(|error| {
                let text = |field: &str| error[field].as_str().unwrap_or_default();
                (text("pointer"), text("code"))
            })
            .collect()
    }

    /// The `id` of every item.
    pub fn ids(&self) -> Vec<&str> {
        let items = self.body["items"]
            .as_array()
            .unwrap_or_else(|| panic!("a list, not {}", self.text()));
        items
            .iter()
            .filter_map(|item| item["id"].as_str())
            .collect()
    }
}

impl World {
    pub async fn start() -> Self {
        Self::on(Place::without_broker(&[catalog::MIGRATIONS]).await, 1).await
    }

    /// With a broker: events arrive.
    pub async fn told() -> Self {
        Self::on(Place::start(&[catalog::MIGRATIONS]).await, 1).await
    }

    pub async fn on(place: Place, instances: usize) -> Self {
        let mut running = Vec::new();
        for _ in 0..instances {
            let parts = vec![catalog::build(&place.platform).await.unwrap()];
            running.push(Running::start(&place.platform, parts, Roles::ALL).unwrap());
        }
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build();
        Self {
            db: place.database.db("catalog"),
            place,
            client: client.unwrap(),
            instances: running,
        }
    }

    /// A store that may have everything.
    pub async fn store(&self, slug: &str) -> Shop<'_> {
        let limits = [
            ("limit.products", -1),
            ("limit.variants_per_product", -1),
            ("limit.media_per_product", -1),
        ];
        self.store_with(slug, &limits).await
    }

    /// A store whose plan has these entitlements.
    pub async fn store_with(&self, slug: &str, entitlements: &[(&str, i64)]) -> Shop<'_> {
        let tenant = TenantId::new();
        let entitlements = entitlements
            .iter()
            .map(|(name, value)| ((*name).to_owned(), *value));
        let message = TenantChanged {
            tenant_id: tenant.to_string(),
            version: 1,
            slug: slug.to_owned(),
            name: slug.to_owned(),
            status: TenantStatus::Active.into(),
            country: "PT".into(),
            locale: "pt-PT".into(),
            currency: "EUR".into(),
            entitlements: entitlements.collect(),
            ..TenantChanged::default()
        };
        let delivery = Delivery {
            id: EventId::new(),
            tenant,
            occurred_at: self.place.clock.now(),
            message,
        };
        let known = self.db.tenant(tenant, async |tx: &mut TenantTx| {
            projections::tenant_changed(tx, delivery).await.unwrap();
            Ok::<_, db::Error>(())
        });
        known.await.unwrap();
        let shop = Shop {
            world: self,
            tenant,
            slug: slug.to_owned(),
            owner: Uuid::now_v7(),
        };
        // A host that is asked for is looked up; from then on its tokens count on every instance.
        for instance in 0..self.instances.len() {
            let hello = shop.look_at(instance, "/api/catalog/store/categories");
            hello.await.expect(200);
        }
        shop
    }

    /// As it would be issued now: tests move the clock.
    fn token(&self, tenant: TenantId, id: Uuid, role: Role) -> String {
        let platform = &self.place.platform;
        let issuer = TokenIssuer::new(&platform.config, platform.clock.clone()).unwrap();
        let subject = Subject {
            id,
            session: SessionId::new(),
            tenant,
            role,
            perms_version: 1,
            audience: TokenAudience::Staff,
        };
        issuer.issue(&subject).token
    }

    /// Counts rows, of all stores.
    pub async fn count(&self, sql: &str) -> i64 {
        let query = diesel::dsl::sql::<BigInt>(&format!("({sql})"));
        let count = self.db.system("look for a test", async |tx| {
            Ok::<i64, db::Error>(diesel::select(query).get_result(&mut tx.conn()).await?)
        });
        count.await.unwrap()
    }

    /// Writes rows as the service could, in a store's scope.
    pub async fn run(&self, shop: &Shop<'_>, sql: &str) {
        let done = self.db.tenant(shop.tenant, async |tx: &mut TenantTx| {
            let query = diesel::sql_query(sql);
            query.execute(&mut tx.conn()).await?;
            Ok::<_, db::Error>(())
        });
        done.await.unwrap();
    }

    /// Everything the catalog has written of its own, as text, to compare.
    pub async fn dump(&self) -> String {
        let tables = [
            "product",
            "variant",
            "category",
            "media",
            "product_category",
            "product_media",
            "product_card",
            "category_card",
            "store_usage",
            "variant_price",
            "outbox",
        ];
        let rows = tables.map(|table| format!("(SELECT coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '') FROM {table} AS t)"));
        let query = diesel::dsl::sql::<Text>(&rows.join(" || "));
        let dump = self.db.system("compare for a test", async |tx| {
            Ok::<String, db::Error>(diesel::select(query).get_result(&mut tx.conn()).await?)
        });
        dump.await.unwrap()
    }

    /// The service's own parts, for what has no route.
    pub async fn app(&self) -> catalog::App {
        let platform = &self.place.platform;
        let foundation = platform.foundation(catalog::MIGRATIONS).await.unwrap();
        catalog::App::new(platform, &foundation).unwrap()
    }

    /// Waits until everything that was told has been brought to the broker.
    pub async fn settled(&self) {
        let waiting = "SELECT count(*) FROM outbox WHERE published_at IS NULL";
        until("everything is told", async || {
            (self.count(waiting).await == 0).then_some(())
        })
        .await;
    }

    /// Puts something where an upload's address points to.
    pub async fn upload(&self, begun: &Value, bytes: Vec<u8>) -> StatusCode {
        let upload = &begun["upload"];
        let headers: BTreeMap<String, String> =
            serde_json::from_value(upload["headers"].clone()).unwrap();
        let mut put = self.client.put(upload["url"].as_str().unwrap());
        for (name, value) in headers {
            put = put.header(name, value);
        }
        put.body(bytes).send().await.unwrap().status()
    }

    pub async fn end(self) {
        self.settled().await;
        self.check(|_| true).await;
        for instance in self.instances {
            instance.stop().await;
        }
    }

    /// As [`World::end`], where what was told could not be brought to the broker.
    pub async fn end_untold(self) {
        self.check(|rule| !rule.contains("every event was published"))
            .await;
        for instance in self.instances {
            instance.stop().await;
        }
    }

    async fn check(&self, counts: impl Fn(&str) -> bool) {
        let found = catalog::invariants::check(&self.db).await.unwrap();
        let broken = found
            .into_iter()
            .filter(|(rule, rows)| *rows > 0 && counts(rule));
        let broken: Vec<_> = broken.collect();
        assert!(broken.is_empty(), "{broken:?}");
    }
}

impl Shop<'_> {
    /// Any request at all, to one instance.
    pub fn ask(&self, instance: usize, method: Method, path: &str) -> reqwest::RequestBuilder {
        let address = self.world.instances[instance].address("catalog").unwrap();
        let base = &self.world.place.platform.config.base_domain;
        self.world
            .client
            .request(method, format!("http://{address}{path}"))
            .header("host", format!("{}.{base}:8080", self.slug))
    }

    pub fn as_owner(&self, ask: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        self.as_role(Role::Owner, ask)
    }

    pub fn as_role(&self, role: Role, ask: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        ask.bearer_auth(self.world.token(self.tenant, self.owner, role))
    }

    /// As the owner.
    pub async fn staff(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let ask = self.as_owner(self.ask(0, method, path));
        let ask = ask.header("idempotency-key", Uuid::now_v7().to_string());
        let ask = match body {
            Some(body) => ask.json(&body),
            None => ask,
        };
        read(ask).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.staff(Method::POST, path, Some(body)).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.staff(Method::GET, path, None).await
    }

    /// A write that says which version was seen.
    pub async fn write(
        &self,
        method: Method,
        path: &str,
        version: i64,
        body: Option<Value>,
    ) -> Reply {
        let ask = self.as_owner(self.ask(0, method, path));
        let ask = ask.header("if-match", format!("\"{version}\""));
        let ask = match body {
            Some(body) => ask.json(&body),
            None => ask,
        };
        read(ask).await
    }

    pub async fn put(&self, path: &str, version: i64, body: Value) -> Reply {
        self.write(Method::PUT, path, version, Some(body)).await
    }

    pub async fn delete(&self, path: &str, version: i64) -> Reply {
        self.write(Method::DELETE, path, version, None).await
    }

    /// Creates with a key of the client's.
    pub async fn post_as(&self, key: &str, path: &str, body: &Value) -> Reply {
        let ask = self.as_owner(self.ask(0, Method::POST, path));
        read(ask.header("idempotency-key", key).json(body)).await
    }

    /// As a shopper.
    pub async fn look(&self, path: &str) -> Reply {
        self.look_at(0, path).await
    }

    pub async fn look_at(&self, instance: usize, path: &str) -> Reply {
        read(self.ask(instance, Method::GET, path)).await
    }

    /// A product on sale, made of what matters to the test.
    pub async fn product(&self, fields: Value) -> Value {
        let body = crate::bodies::product(fields);
        self.post(PRODUCTS, body).await.expect(201)
    }

    /// What creating a product with this address is answered with.
    pub async fn product_named(&self, slug: &str) -> Reply {
        let body = crate::bodies::product(json!({ "slug": slug }));
        self.post(PRODUCTS, body).await
    }

    /// What was told of a kind of event, in order.
    pub async fn told<E: Event>(&self) -> Vec<E> {
        let sql = format!(
            "(SELECT coalesce(array_agg(payload ORDER BY id), '{{}}') FROM outbox WHERE type = '{}')",
            E::TYPE
        );
        let query = diesel::dsl::sql::<Array<Binary>>(&sql);
        let payloads = self
            .world
            .db
            .tenant(self.tenant, async |tx: &mut TenantTx| {
                Ok::<Vec<Vec<u8>>, db::Error>(
                    diesel::select(query).get_result(&mut tx.conn()).await?,
                )
            });
        let payloads = payloads.await.unwrap();
        let read = |payload: Vec<u8>| E::decode(payload.as_slice()).unwrap();
        payloads.into_iter().map(read).collect()
    }

    /// What staff did, as it was told.
    pub async fn deeds(&self) -> Vec<Action> {
        let told = self.told::<ActionRecorded>().await;
        told.into_iter().filter_map(|event| event.action).collect()
    }

    pub async fn category(&self, name: &str, parent: Option<&Value>) -> Value {
        let parent = parent.map(|parent| parent["id"].clone());
        let body = json!({ "name": name, "parent_id": parent });
        self.post(CATEGORIES, body).await.expect(201)
    }

    /// An image that was uploaded and completed.
    pub async fn image(&self, png: Vec<u8>) -> Value {
        let begun = self.begin("image/png", png.len()).await;
        assert_eq!(self.world.upload(&begun, png).await, 200);
        self.complete(&begun).await.expect(200)
    }

    pub async fn begin(&self, content_type: &str, size: usize) -> Value {
        let body = json!({ "content_type": content_type, "size": size });
        self.post(MEDIA, body).await.expect(201)
    }

    pub async fn complete(&self, begun: &Value) -> Reply {
        let path = format!("{}/complete", path_of(MEDIA, begun));
        self.staff(Method::POST, &path, None).await
    }
}

pub const PRODUCTS: &str = "/api/catalog/admin/products";
pub const CATEGORIES: &str = "/api/catalog/admin/categories";
pub const MEDIA: &str = "/api/catalog/admin/media";

pub fn path_of(list: &str, thing: &Value) -> String {
    let id = thing["id"]
        .as_str()
        .unwrap_or_else(|| panic!("an id is in {thing}"));
    format!("{list}/{id}")
}

pub async fn read(ask: reqwest::RequestBuilder) -> Reply {
    let answer = ask.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await.unwrap().to_vec();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Reply {
        status,
        headers,
        bytes,
        body,
    }
}
