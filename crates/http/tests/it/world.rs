//! A small service on a free port, two stores, and tokens for everybody.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use garde::Validate;
use http_kit::auth::{Subject, TokenAudience, TokenIssuer};
use http_kit::permissions::{CanEditCatalog, CanReadCatalog};
use http_kit::{
    ApiError, Customer, Data, Gate, HotCache, HotRequest, HttpResponse, IfMatch, Json, List, Page,
    Path, Platform, Public, Query, RateLimiter, RawBody, RequestMeta, Role, Roles, Running,
    Service, ServiceParts, Sessions, Shopper, Staff, Sysadmin, Tenant, TenantDirectory,
    TenantStatus, Webhook, routes,
};
use kernel::config::{Config, Env};
use kernel::{Clock, ProductId, SessionId, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub struct App {
    pub hot: HotCache,
    pub fills: AtomicU32,
}

pub mod things {
    use super::*;

    #[derive(Serialize, ToSchema)]
    pub struct View {
        pub text: String,
    }

    #[derive(Deserialize, ToSchema, Validate)]
    pub struct Order {
        #[garde(dive, length(min = 1, max = 3))]
        pub lines: Vec<Line>,
    }

    #[derive(Deserialize, ToSchema, Validate)]
    pub struct Line {
        #[garde(range(min = 1, max = 99))]
        pub quantity: i64,
    }

    #[derive(Deserialize, IntoParams)]
    pub struct Filter {
        pub colour: Option<String>,
    }

    pub fn view(text: impl Into<String>) -> Json<View> {
        Json(View { text: text.into() })
    }

    /// Anybody.
    #[utoipa::path(get, path = "/api/catalog/hello", responses((status = 200, body = View)))]
    pub async fn say_hello(_: Data<App>, _: Public) -> Result<Json<View>, ApiError> {
        Ok(view("hello"))
    }

    /// The store of the host.
    #[utoipa::path(get, path = "/api/catalog/store/name", responses((status = 200, body = View)))]
    pub async fn get_name(_: Data<App>, shopper: Shopper) -> Result<Json<View>, ApiError> {
        Ok(view(shopper.tenant.slug.as_str()))
    }

    /// One by its id.
    #[utoipa::path(get, path = "/api/catalog/store/things/{id}", responses((status = 200, body = View)))]
    pub async fn get_thing(
        _: Data<App>,
        _: Shopper,
        id: Path<ProductId>,
    ) -> Result<Json<View>, ApiError> {
        Ok(view(id.to_string()))
    }

    /// A page of them.
    #[utoipa::path(get, path = "/api/catalog/store/things", responses((status = 200, body = List<String>)))]
    pub async fn list_things(
        _: Data<App>,
        _: Shopper,
        page: Page,
        filter: Query<Filter>,
    ) -> Result<Json<List<String>>, ApiError> {
        let colour = filter.colour.clone().unwrap_or_default();
        let after = page.after::<i64>()?.unwrap_or(0);
        let rows = (after + 1..=25)
            .take(usize::try_from(page.fetch()).unwrap_or(0))
            .collect();
        Ok(Json(page.list(
            rows,
            |row| *row,
            |row| format!("{row}{colour}"),
        )))
    }

    /// Orders some.
    #[utoipa::path(post, path = "/api/catalog/store/things", responses((status = 200, body = View)))]
    pub async fn order_things(
        _: Data<App>,
        _: Shopper,
        body: Json<Order>,
    ) -> Result<Json<View>, ApiError> {
        Ok(view(
            body.lines
                .iter()
                .map(|line| line.quantity)
                .sum::<i64>()
                .to_string(),
        ))
    }

    /// From memory.
    #[utoipa::path(get, path = "/api/catalog/store/hot", responses((status = 200, body = View)))]
    pub async fn get_hot(
        app: Data<App>,
        shopper: Shopper,
        hot: HotRequest,
    ) -> Result<HttpResponse, ApiError> {
        let fill = async || {
            let fills = app.fills.fetch_add(1, Ordering::SeqCst) + 1;
            Ok::<_, ApiError>(vec![format!("{}:{fills}", shopper.tenant.slug); 200])
        };
        app.hot.answer(&hot, shopper.tenant.id, 60, fill).await
    }

    /// Who is signed in.
    #[utoipa::path(get, path = "/api/catalog/store/me", responses((status = 200, body = View)))]
    pub async fn get_me(_: Data<App>, customer: Customer) -> Result<Json<View>, ApiError> {
        Ok(view(customer.id.to_string()))
    }

    /// Changes one.
    #[utoipa::path(put, path = "/api/catalog/admin/things/{id}", responses((status = 200, body = View)))]
    pub async fn save_thing(
        _: Data<App>,
        staff: Staff<CanEditCatalog>,
        _id: Path<ProductId>,
        seen: IfMatch,
    ) -> Result<Json<View>, ApiError> {
        match seen {
            IfMatch(7) => Ok(view(staff.tenant.slug.as_str())),
            _ => Err(ApiError::precondition_failed(&View {
                text: "version 7".into(),
            })),
        }
    }

    /// Looks.
    #[utoipa::path(get, path = "/api/catalog/admin/things", responses((status = 200, body = View)))]
    pub async fn list_admin_things(
        _: Data<App>,
        staff: Staff<CanReadCatalog>,
        meta: RequestMeta,
    ) -> Result<Json<View>, ApiError> {
        Ok(view(format!(
            "{} {} {}",
            staff.tenant.slug, meta.principal, meta.ip
        )))
    }

    /// The platform.
    #[utoipa::path(get, path = "/api/sysadmin/things", responses((status = 200, body = View)))]
    pub async fn list_platform(_: Data<App>, _: Sysadmin) -> Result<Json<View>, ApiError> {
        Ok(view("platform"))
    }

    /// Bytes as they come.
    #[utoipa::path(post, path = "/api/webhooks/thing", responses((status = 200, body = View)))]
    pub async fn hear(_: Data<App>, _: Webhook, body: RawBody) -> Result<Json<View>, ApiError> {
        Ok(view(body.len().to_string()))
    }

    /// Fails in the way that is asked for.
    #[utoipa::path(get, path = "/api/catalog/fail/{how}", responses((status = 200, body = View)))]
    pub async fn fail(_: Data<App>, _: Public, how: Path<String>) -> Result<Json<View>, ApiError> {
        match how.as_str() {
            "panic" => panic!("the canary's secret"),
            "cause" => Err(ApiError::internal("SELECT canary FROM secrets")),
            "slow" => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                Ok(view("late"))
            }
            "long" => Ok(view("x".repeat(32 << 20))),
            "away" => Err(db::Error::Unavailable("canary".into()).into()),
            _ => Err(ApiError::conflict("out-of-stock", "only 2 are left").with("left", &2)),
        }
    }

    /// Signs in.
    #[utoipa::path(post, path = "/api/auth/login", responses((status = 200, body = View)))]
    pub async fn sign_in(_: Data<App>, _: Public) -> Result<Json<View>, ApiError> {
        Ok(view("in"))
    }
}

pub struct World {
    pub clock: Clock,
    pub one: TenantId,
    pub asleep: TenantId,
    pub gone: TenantId,
    pub sessions: Sessions,
    pub hot: HotCache,
    pub issuer: TokenIssuer,
    pub service: Service,
    pub client: reqwest::Client,
    running: Running,
}

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// An Ed25519 key made for tests: RFC 8410's example.
pub const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----";

pub fn config(extra: &[(&str, &str)]) -> Config {
    let values = [
        ("STORES_ENV", "test"),
        ("DATABASE_URL", "postgresql://nobody:pw@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
        ("RABBITMQ_URL", "amqp://nobody:pw@127.0.0.1:1/none"),
        ("JWT_SECRET_KEY", SECRET),
        ("STRIPE_SECRET_KEY", "sk_test_1"),
        ("STRIPE_PUBLIC_KEY", "pk_test_1"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_1"),
        ("STRIPE_CONNECT_WEBHOOK_SECRET", "whsec_2"),
        ("MINIO_ENDPOINT", "127.0.0.1:1"),
        ("MINIO_ACCESS_KEY", "a"),
        ("MINIO_SECRET_KEY", "b"),
        ("CATALOG_PORT", "0"),
        ("HTTP_WORKERS", "1"),
    ];
    let values = values
        .iter()
        .chain(extra)
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::read(Env::from_values(values)).unwrap()
}

pub fn tenant(id: TenantId, slug: &str, status: TenantStatus, hosts: &[&str]) -> Tenant {
    Tenant {
        id,
        slug: slug.parse().unwrap(),
        name: slug.to_owned(),
        status,
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        country: "PT".parse().unwrap(),
        locale: "pt-PT".parse().unwrap(),
        currency: "EUR".parse().unwrap(),
        plan: "business".into(),
        template_id: "tactical".into(),
        application_fee_bps: 0,
        entitlements: BTreeMap::from([("products".to_owned(), 100), ("api".to_owned(), 1)]),
        version: 1,
    }
}

impl World {
    pub async fn start() -> Self {
        Self::with(&[("SKIP_RATE_LIMIT_FOR_E2E", "true")], false).await
    }

    /// With limits that count in this process, or in a Redis that is away.
    pub async fn limited(local_only: bool) -> Self {
        Self::with(&[], local_only).await
    }

    /// An instance of the same service as others that know the store `one`.
    pub async fn of_store(one: TenantId, settings: &[(&str, &str)]) -> Self {
        let skip = ("SKIP_RATE_LIMIT_FOR_E2E", "true");
        let extra: Vec<_> = settings.iter().copied().chain([skip]).collect();
        Self::build(one, &extra, true).await
    }

    pub async fn with(extra: &[(&str, &str)], local_only: bool) -> Self {
        Self::build(TenantId::new(), extra, local_only).await
    }

    async fn build(one: TenantId, extra: &[(&str, &str)], local_only: bool) -> Self {
        let (clock, config) = (Clock::system(), config(extra));
        let directory = TenantDirectory::new(&config.base_domain, None, clock.clone());
        let two = TenantId::new();
        directory.upsert(tenant(one, "one", TenantStatus::Active, &["shop.one.pt"]));
        directory.upsert(tenant(two, "two", TenantStatus::Active, &[]));
        let (asleep, gone) = (TenantId::new(), TenantId::new());
        directory.upsert(tenant(asleep, "asleep", TenantStatus::Suspended, &[]));
        directory.upsert(tenant(gone, "gone", TenantStatus::Deleted, &[]));
        let sessions = Sessions::new(None, clock.clone());
        let rates = if local_only {
            RateLimiter::local(clock.clone())
        } else {
            RateLimiter::new(&config, clock.clone())
        };
        let gate = Gate::new(
            &config,
            clock.clone(),
            directory.clone(),
            sessions.clone(),
            rates,
        )
        .unwrap();
        let hot = HotCache::new(1 << 20);
        let app = App {
            hot: hot.clone(),
            fills: AtomicU32::new(0),
        };
        let table = routes![things: say_hello, get_name, get_thing, list_things, order_things,
            get_hot, get_me, save_thing, list_admin_things, list_platform, hear, fail,
            sign_in @ Login];
        let service = Service::with_gate("catalog", gate, app, table);
        let issuer = TokenIssuer::new(&config, clock.clone()).unwrap();
        let platform = Platform::new(config, clock.clone());
        let parts = ServiceParts {
            service: service.clone(),
            workers: Vec::new(),
        };
        let running = Running::start(&platform, vec![parts], Roles::SERVE).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            clock,
            one,
            asleep,
            gone,
            sessions,
            hot,
            issuer,
            service,
            client,
            running,
        }
    }

    pub fn address(&self) -> String {
        self.running.address("catalog").unwrap().to_string()
    }

    pub fn request(&self, method: &str, host: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("http://{}{path}", self.address());
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, url).header("host", host)
    }

    pub fn get(&self, host: &str, path: &str) -> reqwest::RequestBuilder {
        self.request("GET", host, path)
    }

    pub fn subject(&self, tenant: TenantId, role: Role, audience: TokenAudience) -> Subject {
        Subject {
            id: Uuid::now_v7(),
            session: SessionId::new(),
            tenant,
            role,
            perms_version: 1,
            audience,
        }
    }

    pub fn token(&self, tenant: TenantId, role: Role, audience: TokenAudience) -> String {
        self.issuer
            .issue(&self.subject(tenant, role, audience))
            .token
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// Status and body; the body of a problem has its shape checked.
pub async fn answer(request: reqwest::RequestBuilder) -> (u16, serde_json::Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let is_problem = response
        .headers()
        .get("content-type")
        .is_some_and(|value| value == "application/problem+json");
    let id = response
        .headers()
        .get("x-request-id")
        .map(|value| value.to_str().unwrap().to_owned());
    let body: serde_json::Value = response.json().await.unwrap_or_default();
    if status >= 400 {
        assert!(is_problem, "{status} {body}");
        assert_eq!(body["status"], status);
        assert_eq!(body["instance"].as_str(), id.as_deref(), "{body}");
        assert!(
            body["type"].is_string() && body["title"].is_string(),
            "{body}"
        );
    }
    (status, body)
}
