//! The whole platform on free ports, with Stripe's double and two stores whose owners have signed in.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::ops::Deref;
use std::time::Duration;

use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
use http_kit::{AudienceKind, Role, Roles, Running};
use kernel::{Clock, SessionId, TenantId};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use simulators::stripe;
use stores::services;
use uuid::Uuid;

use crate::errors;
use testkit::place::Place;
use testkit::until;

/// What owners choose at their first sign-in.
pub const PASSWORD: &str = "an owner's own words";

/// Pauses before a failed delivery comes again: here nobody waits for minutes.
const RETRY_DELAYS: [Duration; 4] = [Duration::from_millis(100); 4];

/// A store as its owner knows it.
#[derive(Clone, Debug)]
pub struct Store {
    pub id: TenantId,
    pub slug: String,
    pub email: String,
    pub token: String,
    pub refresh_token: String,
    pub change_token: String,
}

/// A route of any service, as its OpenAPI document tells it.
#[derive(Clone, Debug)]
pub struct Route {
    pub service: &'static str,
    pub method: Method,
    pub path: String,
    pub operation: String,
    pub audience: String,
    pub permission: Option<String>,
    pub has_json: bool,
    /// The operation's part of the document.
    pub told: Value,
}

impl Route {
    pub fn is_for(&self, kind: AudienceKind) -> bool {
        self.audience == kind.as_str()
    }

    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The names of what stands in the path.
    pub fn path_parameters(&self) -> Vec<String> {
        let parts = self.path.split('/');
        parts
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .map(str::to_owned)
            .collect()
    }

    /// The path with these values, in the order of the names.
    pub fn path_of(&self, values: &[String]) -> String {
        let mut values = values.iter();
        let parts = self.path.split('/').map(|part| {
            if part.starts_with('{') {
                values.next().expect("every name has a value").clone()
            } else {
                part.to_owned()
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// The path with an id that nobody has in every place.
    pub fn path_of_nothing(&self) -> String {
        let nobody = vec![Uuid::now_v7().to_string(); self.path_parameters().len()];
        self.path_of(&nobody)
    }

    /// The names of the parameters in `query` or `header`.
    pub fn parameters_in(&self, place: &str) -> Vec<String> {
        let told = self.told["parameters"].as_array();
        told.into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == place)
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// One request.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: Method,
    pub host: String,
    /// With the query.
    pub path: String,
    pub token: Option<String>,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Value>,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub text: String,
    pub headers: reqwest::header::HeaderMap,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// The text at a JSON pointer.
    pub fn at(&self, pointer: &str) -> String {
        let value = self.body.pointer(pointer).and_then(Value::as_str);
        value
            .unwrap_or_else(|| panic!("{pointer} is in {}", self.text))
            .to_owned()
    }

    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

/// The running platform.
pub struct Ground {
    pub place: Place,
    pub routes: Vec<Route>,
    /// Each service's OpenAPI document.
    pub documents: BTreeMap<&'static str, Value>,
    pub sysadmin: String,
    pub stripe: String,
    pub client: reqwest::Client,
    running: Running,
    _stripe: simulators::Handle,
}

/// The platform with two stores.
pub struct Everything {
    pub ground: Ground,
    pub a: Store,
    pub b: Store,
}

impl Deref for Everything {
    type Target = Ground;
    fn deref(&self) -> &Ground {
        &self.ground
    }
}

impl Everything {
    pub async fn start() -> Self {
        let ground = Ground::start().await;
        let a = ground.provision("alphastore").await;
        let b = ground.provision("betastore").await;
        ground.stores_are_known(&[&a, &b]).await;
        Self { ground, a, b }
    }

    pub async fn end(self) {
        self.ground.running.stop().await;
    }
}

impl Ground {
    async fn start() -> Self {
        let schemas: Vec<_> = services::ALL.iter().map(|service| service.schema).collect();
        let payments = free_port();
        let (stripe, handle) = double_of_stripe(payments).await;
        let (payments, stripe) = (payments.to_string(), format!("http://{stripe}"));
        let settings = [
            ("PAYMENTS_PORT", payments.as_str()),
            ("STRIPE_API_BASE", stripe.as_str()),
        ];
        let mut place = Place::with(&schemas, &settings).await;
        let rabbit = place.platform.rabbit.clone();
        place.platform.rabbit = rabbit.with_retry_delays(RETRY_DELAYS);
        place.broker.create_for(&place.platform.rabbit).await;
        let (_, app) = tenants::operator::app(&place.platform).await.unwrap();
        tenants::seed::load(&app.db).await.unwrap();
        let email = "sysadmin@store.localhost".parse().unwrap();
        let made = tenants::operator::ensure_sysadmin(&app, &email, None).await;
        made.unwrap();
        let sysadmin = tenants::operator::sysadmin_token(&app).await.unwrap();
        let (mut parts, mut routes, mut documents) = (Vec::new(), Vec::new(), BTreeMap::new());
        for service in services::ALL {
            let built = (service.build)(&place.platform).await.unwrap();
            let document: Value = serde_json::from_slice(built.service.openapi()).unwrap();
            routes.extend(routes_of(service.name, &document));
            documents.insert(service.name, document);
            parts.push(built);
        }
        let running = Running::start(&place.platform, parts, Roles::ALL).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            place,
            routes,
            documents,
            sysadmin,
            stripe,
            client,
            running,
            _stripe: handle,
        }
    }

    /// The guide's call, the owner's first sign-in, and the password of his own.
    pub async fn provision(&self, slug: &str) -> Store {
        let email = format!("owner@{slug}.example");
        let body = json!({
            "name": slug, "slug": slug, "email": email,
            "plan": "professional", "template_id": "tactical",
        });
        let host = self.platform_host();
        let ask = self.request(Method::POST, &host, "/api/sysadmin/tenants");
        let ask = ask.token(&self.sysadmin).keyed().json(body);
        let made = self.insist(ask).await.expect(201);
        let password = made.at("/admin_temp_password");
        let host = self.host_of(slug);
        let log_in = json!({"email": email, "password": password});
        let ask = || self.request(Method::POST, &host, "/api/auth/login");
        let first = until("the store is known where people sign in", async || {
            let reply = self.json(ask().json(log_in.clone())).await;
            (reply.status == 200).then_some(reply)
        })
        .await;
        let change_token = first.at("/change_token");
        let choice = json!({"change_token": change_token, "new_password": PASSWORD});
        let ask = self.request(Method::POST, &host, "/api/auth/password/first");
        let session = self.insist(ask.json(choice)).await.expect(200);
        Store {
            id: TenantId::from_uuid(made.at("/id").parse().unwrap()),
            slug: slug.to_owned(),
            email,
            token: session.at("/access_token"),
            refresh_token: refresh_token(&session),
            change_token,
        }
    }

    /// Every service has heard of the stores.
    async fn stores_are_known(&self, stores: &[&Store]) {
        for service in services::ALL {
            let db = self.place.database.db(service.name);
            until("the stores are known", async || {
                let count = db.system("count known stores", async |tx| {
                    use diesel_async::RunQueryDsl as _;
                    let count = diesel::dsl::sql::<diesel::sql_types::BigInt>(
                        "(SELECT count(*) FROM tenant_view)",
                    );
                    Ok::<i64, db::Error>(count.get_result(&mut tx.conn()).await?)
                });
                (count.await.ok() == i64::try_from(stores.len()).ok()).then_some(())
            })
            .await;
            let staffed =
                |route: &&Route| route.service == service.name && route.is_for(AudienceKind::Staff);
            let Some(route) = self.routes.iter().find(staffed) else {
                continue;
            };
            // A host that is asked for is looked up, also when its news did not arrive.
            for store in stores {
                assert_eq!(
                    outcome(self.ask(route, &self.host(store))).await.0,
                    StatusCode::UNAUTHORIZED
                );
            }
        }
    }

    pub fn request(&self, method: Method, host: &str, path: &str) -> Ask {
        Ask {
            method,
            host: host.to_owned(),
            path: path.to_owned(),
            token: None,
            headers: Vec::new(),
            body: None,
        }
    }

    /// Sends a request and looks at the answer: no error tells more than it should.
    pub async fn json(&self, ask: Ask) -> Reply {
        let told = format!("{} {}", ask.method, ask.path);
        let address = self.running.address(service_of(&ask.path)).unwrap();
        let url = format!("http://{address}{}", ask.path);
        let mut request = self
            .client
            .request(ask.method, url)
            .header("host", ask.host);
        if let Some(token) = ask.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        if let Some(body) = ask.body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let reply = Reply {
            status,
            body,
            text,
            headers,
        };
        errors::assert_tells_nothing(&told, &reply);
        reply
    }

    /// Sends again while a loaded machine answers that it is not the moment.
    pub async fn insist(&self, ask: Ask) -> Reply {
        until("it is answered", async || {
            let reply = self.json(ask.clone()).await;
            (reply.status != 503).then_some(reply)
        })
        .await
    }

    /// A request with everything but a reason: ids of nobody, an empty body.
    pub fn ask(&self, route: &Route, host: &str) -> RequestBuilder {
        let address = self.running.address(route.service).unwrap();
        let url = format!("http://{address}{}", route.path_of_nothing());
        let request = self
            .client
            .request(route.method.clone(), url)
            .header("host", host);
        let request = request
            .header("if-match", "\"1\"")
            .header("idempotency-key", Uuid::now_v7().to_string());
        if route.has_json {
            request.json(&Value::Object(serde_json::Map::new()))
        } else {
            request
        }
    }

    pub fn host(&self, store: &Store) -> String {
        self.host_of(&store.slug)
    }

    fn host_of(&self, slug: &str) -> String {
        format!("{slug}.{}", self.platform_host())
    }

    pub fn platform_host(&self) -> String {
        self.place.platform.config.base_domain.clone()
    }

    pub fn token(&self, tenant: TenantId, role: Role) -> String {
        self.token_at(tenant, role, self.place.clock.clone())
    }

    /// A genuine token that was issued when `clock` says.
    pub fn token_at(&self, tenant: TenantId, role: Role, clock: Clock) -> String {
        let audience = match role {
            Role::Customer => TokenAudience::Shopper,
            role if role.is_platform() => TokenAudience::Sysadmin,
            _ => TokenAudience::Staff,
        };
        let issuer = TokenIssuer::new(&self.place.platform.config, clock).unwrap();
        let id = Uuid::now_v7();
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
}

impl Ask {
    pub fn token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// A new intention.
    pub fn keyed(self) -> Self {
        self.header("idempotency-key", Uuid::now_v7().to_string())
    }
}

pub fn refresh_token(session: &Reply) -> String {
    let cookie = session.headers["set-cookie"].to_str().unwrap();
    let (_, rest) = cookie.split_once('=').unwrap();
    rest.split(';').next().unwrap().to_owned()
}

/// A port that is free now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Stripe's double, which tells the payments service what happens.
async fn double_of_stripe(payments: u16) -> (std::net::SocketAddr, simulators::Handle) {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let webhooks = format!("http://127.0.0.1:{payments}/api/webhooks/stripe");
    stripe::start(stripe::Config {
        secret_key: variable("STRIPE_SECRET_KEY"),
        publishable_key: variable("STRIPE_PUBLIC_KEY"),
        webhook_url: Some(webhooks.clone()),
        webhook_secret: variable("STRIPE_WEBHOOK_SECRET"),
        connect_webhook_url: Some(webhooks),
        connect_webhook_secret: variable("STRIPE_CONNECT_WEBHOOK_SECRET"),
        ..stripe::Config::default()
    })
    .await
    .unwrap()
}

fn service_of(path: &str) -> &'static str {
    match path.split('/').nth(2).unwrap_or_default() {
        "catalog" => "catalog",
        "orders" => "orders",
        "webhooks" if path.ends_with("/zeptomail") => "mail",
        "payments" | "webhooks" => "payments",
        "invoicing" => "invoicing",
        "mail" => "mail",
        "migration" => "migration",
        _ => "tenants",
    }
}

fn routes_of(service: &'static str, document: &Value) -> Vec<Route> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| (path, method, operation))
    });
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let routes = operations.map(|(path, method, operation)| Route {
        service,
        method: method.to_uppercase().parse().unwrap(),
        path: path.clone(),
        operation: text(&operation["operationId"]).unwrap(),
        audience: text(&operation["x-audience"]).unwrap(),
        permission: text(&operation["x-permission"]),
        has_json: operation["requestBody"]["content"]["application/json"].is_object(),
        told: operation.clone(),
    });
    routes.collect()
}

/// The answer's status and problem slug; `empty-list` for a list of nothing.
pub async fn outcome(request: RequestBuilder) -> (StatusCode, String) {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body: Value =
        serde_json::from_str(&answer.text().await.unwrap_or_default()).unwrap_or_default();
    let is_empty = body["items"].as_array().is_some_and(Vec::is_empty);
    let code = if is_empty {
        "empty-list"
    } else {
        body["type"].as_str().unwrap_or_default()
    };
    (status, code.to_owned())
}
