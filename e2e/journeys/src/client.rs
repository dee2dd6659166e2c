//! A person at the platform's front door: everything goes through Traefik, by host name.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::Method;
use serde_json::Value;

/// How long a person keeps trying while a service comes back.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(150);

/// An answer: its status, its JSON (null when it has none) and what matters of its headers.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub replayed: bool,
    pub etag: Option<String>,
    /// Name and value of the cookie that it sets.
    pub cookie: Option<String>,
}

impl Reply {
    /// The text at a JSON pointer.
    pub fn text(&self, pointer: &str) -> anyhow::Result<String> {
        let value = self
            .body
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned);
        value.with_context(|| format!("{pointer} is missing in {}", self.body))
    }

    pub fn number(&self, pointer: &str) -> anyhow::Result<i64> {
        let value = self.body.pointer(pointer).and_then(Value::as_i64);
        value.with_context(|| format!("{pointer} is missing in {}", self.body))
    }

    pub fn expect(self, status: u16) -> anyhow::Result<Self> {
        if self.status == status {
            Ok(self)
        } else {
            bail!(
                "answered {} instead of {status}: {}",
                self.status,
                self.body
            )
        }
    }
}

/// One request, built and then sent as often as needed.
#[derive(Clone, Debug)]
pub struct Ask {
    method: Method,
    path: String,
    host: String,
    headers: Vec<(String, String)>,
    body: Option<Value>,
}

impl Ask {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Makes a repeat harmless.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// The way in.
#[derive(Clone)]
pub struct Door {
    http: reqwest::Client,
    origin: String,
    port: String,
    pub base_domain: String,
}

impl Door {
    /// From the variables of the running platform.
    pub fn from_environment() -> anyhow::Result<Self> {
        let variable =
            |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
        let port = variable("STORES_HTTP_PORT")?;
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let base_domain = variable("BASE_DOMAIN")?;
        Ok(Self {
            http,
            origin: format!("http://127.0.0.1:{port}"),
            port,
            base_domain,
        })
    }

    /// A request to the platform itself.
    pub fn platform(&self, method: Method, path: &str) -> Ask {
        self.ask(method, path, self.base_domain.clone())
    }

    /// A request to one store.
    pub fn store(&self, slug: &str, method: Method, path: &str) -> Ask {
        self.ask(method, path, format!("{slug}.{}", self.base_domain))
    }

    fn ask(&self, method: Method, path: &str, host: String) -> Ask {
        let host = format!("{host}:{}", self.port);
        Ask {
            method,
            path: path.to_owned(),
            host,
            headers: Vec::new(),
            body: None,
        }
    }

    /// Sends once.
    pub async fn send(&self, ask: &Ask) -> anyhow::Result<Reply> {
        let url = format!("{}{}", self.origin, ask.path);
        let mut request = self
            .http
            .request(ask.method.clone(), url)
            .header("host", &ask.host);
        for (name, value) in &ask.headers {
            request = request.header(name, value);
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        let answer = request
            .send()
            .await
            .with_context(|| format!("{} {}", ask.method, ask.path))?;
        let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok());
        let (replayed, etag) = (
            header("idempotent-replayed").is_some(),
            header("etag").map(str::to_owned),
        );
        let cookie = header("set-cookie").and_then(|whole| whole.split(';').next());
        let cookie = cookie.map(str::to_owned);
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap_or_default();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Reply {
            status,
            body,
            replayed,
            etag,
            cookie,
        })
    }

    /// Sends, and again while the platform is not there (no answer, 502 to 504): what a person or a
    /// program with an idempotency key does. Any other answer is the answer.
    pub async fn insist(&self, ask: &Ask) -> anyhow::Result<Reply> {
        let began = Instant::now();
        loop {
            let reply = self.send(ask).await;
            let gone = match &reply {
                Ok(reply) => matches!(reply.status, 502..=504),
                Err(_) => true,
            };
            if !gone || began.elapsed() > PATIENCE {
                return reply.with_context(|| format!("{} {}", ask.method, ask.path));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Asks until `done` finds what it waits for.
    pub async fn until<T>(
        &self,
        what: &str,
        ask: &Ask,
        done: impl Fn(&Reply) -> Option<T>,
    ) -> anyhow::Result<T> {
        self.until_within(PATIENCE, what, ask, done).await
    }

    /// The same, with more patience.
    pub async fn until_within<T>(
        &self,
        patience: Duration,
        what: &str,
        ask: &Ask,
        done: impl Fn(&Reply) -> Option<T>,
    ) -> anyhow::Result<T> {
        let began = Instant::now();
        loop {
            let reply = self.insist(ask).await?;
            if let Some(found) = done(&reply) {
                return Ok(found);
            }
            if began.elapsed() > patience {
                bail!(
                    "{what} did not happen; the last answer was {} {}",
                    reply.status,
                    reply.body
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
