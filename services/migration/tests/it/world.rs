//! A store that moves: tenants, catalog, orders and migration in this process, and a shop to come from.

use std::time::{Duration, Instant};

use http_kit::{Roles, Running};
use kernel::TenantId;
use reqwest::Method;
use serde_json::{Value, json};
use simulators::woocommerce;

use testkit::place::Place;
use testkit::until;

pub const KEY: &str = "ck_simulator";
pub const SECRET: &str = "cs_simulator";

/// Everything, gone with the value.
pub struct World {
    pub place: Place,
    /// The old shop's address.
    pub shop: String,
    pub sysadmin: String,
    client: reqwest::Client,
    running: Running,
    _shop: simulators::Handle,
}

/// A store and a token of its owner.
#[derive(Clone, Debug)]
pub struct Store {
    pub id: TenantId,
    pub slug: String,
    pub token: String,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub text: String,
}

impl Reply {
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(woocommerce::Config::default()).await
    }

    pub async fn with(config: woocommerce::Config) -> Self {
        let (address, handle) = woocommerce::start(config).await.unwrap();
        let schemas = [
            tenants::MIGRATIONS,
            catalog::MIGRATIONS,
            orders::MIGRATIONS,
            migration::MIGRATIONS,
        ];
        let allowed = address.to_string();
        let mut place = Place::with(&schemas, &[("OUTBOUND_ALLOWED", &allowed)]).await;
        let rabbit = place.platform.rabbit.clone();
        place.platform.rabbit = rabbit.with_retry_delays([Duration::from_millis(100); 4]);
        place.broker.create_for(&place.platform.rabbit).await;
        let (_, app) = tenants::operator::app(&place.platform).await.unwrap();
        tenants::seed::load(&app.db).await.unwrap();
        let email = "sysadmin@store.localhost".parse().unwrap();
        tenants::operator::ensure_sysadmin(&app, &email, None)
            .await
            .unwrap();
        let sysadmin = tenants::operator::sysadmin_token(&app).await.unwrap();
        let parts = vec![
            tenants::build(&place.platform).await.unwrap(),
            catalog::build(&place.platform).await.unwrap(),
            orders::build(&place.platform).await.unwrap(),
            migration::build(&place.platform).await.unwrap(),
        ];
        let running = Running::start(&place.platform, parts, Roles::ALL).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self {
            place,
            shop: format!("http://{address}"),
            sysadmin,
            client,
            running,
            _shop: handle,
        }
    }

    pub async fn end(self) {
        self.running.stop().await;
    }

    pub fn platform_host(&self) -> String {
        self.place.platform.config.base_domain.clone()
    }

    /// A store of the platform, known to all services.
    pub async fn store(&self, slug: &str) -> Store {
        let body = json!({"name": slug, "slug": slug, "email": format!("owner@{slug}.example"),
            "plan": "enterprise", "template_id": "tactical"});
        let host = self.platform_host();
        let key = uuid::Uuid::now_v7().to_string();
        let made = until("the store is made", async || {
            let headers = [("idempotency-key", key.as_str())];
            let path = "/api/sysadmin/tenants";
            let body = Some(body.clone());
            let reply = self
                .send(
                    (Method::POST, &host, path),
                    Some(&self.sysadmin),
                    body,
                    &headers,
                )
                .await;
            (reply.status != 503).then_some(reply)
        })
        .await
        .expect(201);
        let id: TenantId = TenantId::from_uuid(made.body["id"].as_str().unwrap().parse().unwrap());
        let store = Store {
            id,
            slug: slug.to_owned(),
            token: self.token(id, http_kit::Role::Owner),
        };
        for (service, path) in [
            ("catalog", "/api/catalog/admin/products"),
            ("orders", "/api/orders/admin/stock"),
            ("migration", "/api/migration/admin/imports"),
        ] {
            until(&format!("{service} knows the store"), async || {
                (self.get(&store, path).await.status == 200).then_some(())
            })
            .await;
        }
        // What is answered from memory may be ahead of the table.
        let known = format!("SELECT count(*) FROM tenant_view WHERE tenant_id = '{id}'");
        until("migration has written the store down", async || {
            (self.count("migration", &known).await == 1).then_some(())
        })
        .await;
        store
    }

    pub fn token(&self, tenant: TenantId, role: http_kit::Role) -> String {
        use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
        let issuer =
            TokenIssuer::new(&self.place.platform.config, self.place.clock.clone()).unwrap();
        let audience = if role.is_platform() {
            TokenAudience::Sysadmin
        } else {
            TokenAudience::Staff
        };
        let subject = Subject {
            id: uuid::Uuid::now_v7(),
            session: kernel::SessionId::new(),
            tenant,
            role,
            perms_version: 1,
            audience,
        };
        issuer.issue(&subject).token
    }

    pub async fn send(
        &self,
        to: (Method, &str, &str),
        token: Option<&str>,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Reply {
        let request = self.request(to, token, headers);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        read(request.send().await.unwrap()).await
    }

    pub fn request(
        &self,
        (method, host, path): (Method, &str, &str),
        token: Option<&str>,
        headers: &[(&str, &str)],
    ) -> reqwest::RequestBuilder {
        let service = match path.split('/').nth(2).unwrap_or_default() {
            "catalog" => "catalog",
            "orders" => "orders",
            "migration" => "migration",
            _ => "tenants",
        };
        let address = self.running.address(service).unwrap();
        let url = format!("http://{address}{path}");
        let mut request = self.client.request(method, url).header("host", host);
        if headers.iter().all(|(name, _)| *name != "idempotency-key") {
            request = request.header("idempotency-key", uuid::Uuid::now_v7().to_string());
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request
    }

    pub fn host(&self, store: &Store) -> String {
        format!("{}.{}", store.slug, self.platform_host())
    }

    pub async fn get(&self, store: &Store, path: &str) -> Reply {
        let host = self.host(store);
        self.send((Method::GET, &host, path), Some(&store.token), None, &[])
            .await
    }

    pub async fn post(&self, store: &Store, path: &str, body: Value) -> Reply {
        let host = self.host(store);
        self.send(
            (Method::POST, &host, path),
            Some(&store.token),
            Some(body),
            &[],
        )
        .await
    }

    /// Begins an import of the shop, with more fields of the request.
    pub async fn begin(&self, store: &Store, more: Value) -> String {
        let mut body =
            json!({"wc_url": self.shop, "wc_consumer_key": KEY, "wc_consumer_secret": SECRET});
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let reply = self
            .post(store, "/api/migration/woocommerce/import", body)
            .await;
        let reply = reply.expect(202);
        reply.body["id"].as_str().unwrap().to_owned()
    }

    pub async fn import(&self, store: &Store, id: &str) -> Value {
        let path = format!("/api/migration/admin/imports/{id}");
        self.get(store, &path).await.expect(200).body
    }

    /// The import as it ended. Whole shops take a while on a loaded machine.
    pub async fn ended(&self, store: &Store, id: &str) -> Value {
        let began = Instant::now();
        loop {
            let import = self.import(store, id).await;
            let state = import["state"].as_str().unwrap();
            if ["stopped", "completed", "failed"].contains(&state) {
                return import;
            }
            assert!(
                began.elapsed() < Duration::from_secs(420),
                "it did not end: {import:#}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// A whole import and its report.
    pub async fn whole(&self, store: &Store, more: Value) -> Value {
        let id = self.begin(store, more).await;
        let import = self.ended(store, &id).await;
        assert_eq!(import["state"], "completed", "{import:#}");
        self.report(store, &id).await
    }

    pub async fn report(&self, store: &Store, id: &str) -> Value {
        let path = format!("/api/migration/admin/imports/{id}/report");
        self.get(store, &path).await.expect(200).body
    }

    pub async fn issues(&self, store: &Store, id: &str, kind: &str) -> Vec<Value> {
        let path = format!("/api/migration/admin/imports/{id}/issues?limit=100&kind={kind}");
        let reply = self.get(store, &path).await.expect(200);
        reply.body["items"].as_array().unwrap().clone()
    }

    /// A lever of the old shop.
    pub async fn lever(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sim/{path}", self.shop);
        let answer = self.client.post(url).json(&body).send().await.unwrap();
        let answer = answer.error_for_status().unwrap();
        answer.json().await.unwrap_or_default()
    }

    pub async fn old_shop(&self) -> Value {
        let url = format!("{}/_sim/state", self.shop);
        self.client
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// A number out of a service's tables, over all stores.
    pub async fn count(&self, service: &'static str, sql: &str) -> i64 {
        let all = self.place.database.all_stores(service).await;
        all.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// Texts out of a service's tables, over all stores.
    pub async fn texts(&self, service: &'static str, sql: &str) -> Vec<String> {
        let all = self.place.database.all_stores(service).await;
        let rows = all.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// How often anything of catalog and orders was written: what they told of it.
    pub async fn told(&self) -> i64 {
        let sql = "SELECT count(*) FROM outbox";
        self.count("catalog", sql).await + self.count("orders", sql).await
    }
}

pub async fn read(answer: reqwest::Response) -> Reply {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    Reply {
        status,
        body: serde_json::from_str(&text).unwrap_or(Value::Null),
        text,
    }
}
