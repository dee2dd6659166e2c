//! The whole platform on free ports, with two stores.

use std::time::Duration;

use http_kit::auth::{Subject, TokenAudience};
use http_kit::{AudienceKind, Role, Roles, Running};
use kernel::{Clock, SessionId, TenantId};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use stores::services;
use tenants::domain::new_tenant::Asked;

use crate::place::{Place, until};
use uuid::Uuid;

pub struct Store {
    pub id: TenantId,
    pub slug: String,
}

/// A route of any service, as its OpenAPI document tells it.
#[derive(Clone, Debug)]
pub struct Route {
    pub service: &'static str,
    pub method: Method,
    pub path: String,
    pub audience: String,
    pub permission: Option<String>,
    pub has_json: bool,
}

impl Route {
    pub fn is_for(&self, kind: AudienceKind) -> bool {
        self.audience == kind.as_str()
    }

    /// The path with an id that nobody has in every place.
    pub fn path_of_nothing(&self) -> String {
        let id = Uuid::now_v7().to_string();
        let parts = self.path.split('/').map(|part| {
            if part.starts_with('{') {
                id.as_str()
            } else {
                part
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }
}

pub struct Everything {
    pub place: Place,
    pub a: Store,
    pub b: Store,
    pub routes: Vec<Route>,
    client: reqwest::Client,
    running: Running,
}

impl Everything {
    pub async fn start() -> Self {
        let schemas: Vec<_> = services::ALL.iter().map(|service| service.schema).collect();
        let place = Place::start(&schemas).await;
        let (_, app) = tenants::operator::app(&place.platform).await.unwrap();
        tenants::seed::load(&app.db).await.unwrap();
        let email = "sysadmin@store.localhost".parse().unwrap();
        tenants::operator::ensure_sysadmin(&app, &email, None)
            .await
            .unwrap();
        let (a, b) = (store(&app, "alpha").await, store(&app, "beta").await);
        let mut parts = Vec::new();
        let mut routes = Vec::new();
        for service in services::ALL {
            let built = (service.build)(&place.platform).await.unwrap();
            routes.extend(routes_of(service.name, built.service.openapi()));
            parts.push(built);
        }
        let running = Running::start(&place.platform, parts, Roles::ALL).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        let everything = Self {
            place,
            a,
            b,
            routes,
            client,
            running,
        };
        everything.stores_are_known().await;
        everything
    }

    /// Every service has heard of both stores.
    async fn stores_are_known(&self) {
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
                (count.await.unwrap() == 2).then_some(())
            })
            .await;
            let staffed =
                |route: &&Route| route.service == service.name && route.is_for(AudienceKind::Staff);
            let Some(route) = self.routes.iter().find(staffed) else {
                continue;
            };
            // A host that is asked for is looked up, also when its news did not arrive.
            for store in [&self.a, &self.b] {
                assert_eq!(
                    outcome(self.ask(route, &self.host(store))).await.0,
                    StatusCode::UNAUTHORIZED
                );
            }
        }
    }

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
        format!("{}.{}", store.slug, self.place.platform.config.base_domain)
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
        let issuer = http_kit::auth::TokenIssuer::new(&self.place.platform.config, clock).unwrap();
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

    pub async fn end(self) {
        self.running.stop().await;
    }
}

async fn store(app: &tenants::App, slug: &str) -> Store {
    let asked = Asked {
        name: slug.into(),
        slug: slug.into(),
        email: format!("owner@{slug}.example").into(),
        plan: "professional".into(),
        template_id: "tactical".into(),
        ..Asked::default()
    };
    let made = tenants::operator::create_tenant(app, &asked).await.unwrap();
    Store {
        id: TenantId::from_uuid(made.tenant.tenant_id),
        slug: slug.to_owned(),
    }
}

fn routes_of(service: &'static str, openapi: &[u8]) -> Vec<Route> {
    let document: Value = serde_json::from_slice(openapi).unwrap();
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
        audience: text(&operation["x-audience"]).unwrap(),
        permission: text(&operation["x-permission"]),
        has_json: operation["requestBody"]["content"]["application/json"].is_object(),
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
