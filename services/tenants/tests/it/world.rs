//! The service on a free port, and people who ask it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http_kit::{Roles, Running};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use testkit::place::Place;

pub const SYSADMIN: &str = "root@store.localhost";
pub const SYSADMIN_PASSWORD: &str = "the platform's own";
pub const CHOSEN: &str = "chosen by the owner";

pub struct World {
    pub place: Place,
    pub app: tenants::App,
    pub sysadmin: String,
    client: reqwest::Client,
    running: Running,
    made: AtomicU32,
}

/// A store and how its owner gets in at first.
#[derive(Clone, Debug)]
pub struct Store {
    pub id: String,
    pub slug: String,
    pub email: String,
    pub temporary: String,
}

/// An answer, read.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
    pub text: String,
    pub etag: Option<String>,
    pub replayed: bool,
    pub cookie: Option<String>,
    /// Whose pages may read it.
    pub allowed_origin: Option<String>,
}

impl Reply {
    pub fn code(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    pub fn text_at(&self, field: &str) -> String {
        self.body[field]
            .as_str()
            .unwrap_or_else(|| panic!("{field} is in {}", self.text))
            .to_owned()
    }

    /// The refresh token of the cookie.
    pub fn refresh_token(&self) -> String {
        let cookie = self
            .cookie
            .as_deref()
            .unwrap_or_else(|| panic!("a cookie is in {self:?}"));
        let (name, rest) = cookie.split_once('=').unwrap();
        assert_eq!(name, "__Host-refresh");
        rest.split(';').next().unwrap().to_owned()
    }
}

/// What is asked, in the order of saying it.
pub struct Ask<'a> {
    pub method: Method,
    pub host: String,
    pub path: &'a str,
    pub token: Option<&'a str>,
    pub body: Option<Value>,
    pub headers: Vec<(&'static str, String)>,
}

impl World {
    pub async fn start() -> Self {
        Self::on(Place::without_broker(&[tenants::MIGRATIONS]).await).await
    }

    pub async fn on(place: Place) -> Self {
        let (_, app) = tenants::operator::app(&place.platform).await.unwrap();
        tenants::seed::load(&app.db).await.unwrap();
        let password = SYSADMIN_PASSWORD.to_owned().into();
        let email = SYSADMIN.parse().unwrap();
        tenants::operator::ensure_sysadmin(&app, &email, Some(&password))
            .await
            .unwrap();
        let sysadmin = tenants::operator::sysadmin_token(&app).await.unwrap();
        let parts = vec![tenants::build(&place.platform).await.unwrap()];
        let running = Running::start(&place.platform, parts, Roles::ALL).unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        Self {
            place,
            app,
            sysadmin,
            client,
            running,
            made: AtomicU32::new(0),
        }
    }

    pub async fn send(&self, ask: Ask<'_>) -> Reply {
        let address = self.running.address("tenants").unwrap();
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
        let header = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let (etag, cookie) = (header("etag"), header("set-cookie"));
        let allowed_origin = header("access-control-allow-origin");
        let (status, replayed) = (answer.status(), header("idempotent-replayed").is_some());
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply {
            status,
            body,
            text,
            etag,
            replayed,
            cookie,
            allowed_origin,
        }
    }

    pub async fn post(&self, host: &str, path: &str, token: Option<&str>, body: Value) -> Reply {
        let host = self.host(host);
        self.send(Ask {
            method: Method::POST,
            host,
            path,
            token,
            body: Some(body),
            headers: vec![],
        })
        .await
    }

    pub async fn get(&self, host: &str, path: &str, token: Option<&str>) -> Reply {
        let host = self.host(host);
        self.send(Ask {
            method: Method::GET,
            host,
            path,
            token,
            body: None,
            headers: vec![],
        })
        .await
    }

    /// A write of a store's staff, with the version that was seen.
    pub async fn write(
        &self,
        (store, token): (&Store, &str),
        (method, path): (Method, &str),
        seen: i64,
        body: Option<Value>,
    ) -> Reply {
        self.send(Ask {
            method,
            host: self.host(&store.slug),
            path,
            token: Some(token),
            body,
            headers: vec![("if-match", format!("\"{seen}\""))],
        })
        .await
    }

    /// A request that may be repeated.
    pub async fn keyed(
        &self,
        (store, token): (&Store, &str),
        path: &str,
        key: &str,
        body: Option<Value>,
    ) -> Reply {
        self.send(Ask {
            method: Method::POST,
            host: self.host(&store.slug),
            path,
            token: Some(token),
            body,
            headers: vec![("idempotency-key", key.to_owned())],
        })
        .await
    }

    /// The platform's for the empty label, a store's otherwise.
    pub fn host(&self, label: &str) -> String {
        let base = &self.place.platform.config.base_domain;
        if label.is_empty() {
            format!("{base}:8080")
        } else {
            format!("{label}.{base}:8080")
        }
    }

    pub fn guide(&self) -> Value {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        json!({
            "name": "DefenseOps Airsoft",
            "slug": format!("airsoft{number}"),
            "email": "admin@defenseops.pt",
            "plan": "business",
            "template_id": "tactical",
        })
    }

    pub async fn create(&self, body: Value) -> Reply {
        self.post("", "/api/sysadmin/tenants", Some(&self.sysadmin), body)
            .await
    }

    pub async fn store(&self) -> Store {
        let created = self.create(self.guide()).await;
        assert_eq!(created.status, 201, "{}", created.text);
        Store {
            id: created.text_at("id"),
            slug: created.text_at("slug"),
            email: created.text_at("admin_email"),
            temporary: created.text_at("admin_temp_password"),
        }
    }

    pub async fn log_in(&self, store: &Store, password: &str) -> Reply {
        let body = json!({"email": store.email, "password": password});
        self.post(&store.slug, "/api/auth/login", None, body).await
    }

    /// A store whose owner has chosen a password, and the answer to that.
    pub async fn signed_in(&self) -> (Store, Reply) {
        let store = self.store().await;
        let first = self.log_in(&store, &store.temporary).await;
        let body = json!({"change_token": first.text_at("change_token"), "new_password": CHOSEN});
        let reply = self
            .post(&store.slug, "/api/auth/password/first", None, body)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        (store, reply)
    }

    pub async fn refresh(&self, store: &Store, token: &str) -> Reply {
        let body = json!({"refresh_token": token});
        self.post(&store.slug, "/api/auth/refresh", None, body)
            .await
    }

    pub async fn is_let_in(&self, store: &Store, token: &str) -> bool {
        self.get(&store.slug, "/api/auth/me", Some(token))
            .await
            .status
            == 200
    }

    pub async fn end(self) {
        let broken = tenants::invariants::check(&self.app.db).await.unwrap();
        let told = |rule: &str| rule == "every event was published";
        let broken: Vec<_> = broken
            .into_iter()
            .filter(|(rule, rows)| *rows > 0 && !told(rule))
            .collect();
        assert!(broken.is_empty(), "{broken:?}");
        let breaks = tenants::store::audit::verify(&self.app.db).await.unwrap();
        assert!(breaks.is_empty(), "{breaks:?}");
        self.running.stop().await;
    }
}
