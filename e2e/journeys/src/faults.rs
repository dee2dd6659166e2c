//! Trouble between the services and a part they stand on: the levers of the proxy.

use anyhow::Context;
use serde_json::{Value, json};

/// The proxy that every part is reached through when the platform runs with `STORES_FAULTS`.
#[derive(Clone)]
pub struct Proxy {
    http: reqwest::Client,
    base: String,
}

/// What can befall a part for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody listens.
    Down,
    /// Every byte takes five seconds each way.
    Slow,
    /// Answers are noise.
    Garbage,
}

impl Trouble {
    pub const ALL: [Self; 3] = [Self::Down, Self::Slow, Self::Garbage];

    fn faults(self) -> Value {
        match self {
            Self::Down => json!({ "down": true }),
            Self::Slow => json!({ "latency_ms": 5_000 }),
            Self::Garbage => json!({ "garbage": true }),
        }
    }
}

impl Proxy {
    pub fn from_environment() -> anyhow::Result<Self> {
        let port = std::env::var("STORES_PROXY_PORT").context("STORES_PROXY_PORT is not set")?;
        Ok(Self {
            http: reqwest::Client::new(),
            base: format!("http://127.0.0.1:{port}/_sim/pairs"),
        })
    }

    pub async fn begin(&self, part: &str, trouble: Trouble) -> anyhow::Result<()> {
        let ask = self.http.put(format!("{}/{part}/faults", self.base));
        ask.json(&trouble.faults())
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    /// What was connected during the trouble is cut: garbage is not taken for an answer later.
    pub async fn end(&self, part: &str) -> anyhow::Result<()> {
        let ask = self.http.delete(format!("{}/{part}/faults", self.base));
        ask.send().await?.error_for_status()?;
        let ask = self.http.post(format!("{}/{part}/reset", self.base));
        ask.send().await?.error_for_status()?;
        Ok(())
    }
}
