//! What the services told of their work, at the stand-in for a collector.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::Value;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// A trace that begins with whoever asks.
pub struct Trace {
    id: String,
    http: reqwest::Client,
    collector: String,
}

impl Trace {
    pub fn begin() -> anyhow::Result<Self> {
        let name = "OTEL_EXPORTER_OTLP_ENDPOINT";
        let collector = std::env::var(name).with_context(|| format!("{name} is not set"))?;
        Ok(Self {
            id: Uuid::now_v7().simple().to_string(),
            http: reqwest::Client::new(),
            collector,
        })
    }

    /// The header that makes a request part of it. Source: W3C Trace Context.
    pub fn parent(&self) -> String {
        format!("00-{}-00000000000000a1-01", self.id)
    }

    /// Waits until all of these services have told of their part, and all of it hangs on the one request that
    /// began it: what was told. Parts are told as they end, so a child may be heard of before its parent.
    pub async fn until(&self, services: &[&str]) -> anyhow::Result<Vec<Value>> {
        let began = Instant::now();
        loop {
            let spans = self.spans().await?;
            let heard: BTreeSet<&str> = spans
                .iter()
                .filter_map(|span| span.get("service")?.as_str())
                .collect();
            let is_missing = |service: &&&str| !heard.contains(**service);
            let missing: Vec<_> = services.iter().filter(is_missing).collect();
            let roots = roots(&spans);
            if missing.is_empty() && roots.len() == 1 {
                return Ok(spans);
            }
            anyhow::ensure!(
                began.elapsed() < PATIENCE,
                "{missing:?} had no part in the trace; heard were {heard:?}; it begins with {roots:?}"
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn spans(&self) -> anyhow::Result<Vec<Value>> {
        let place = format!("{}/_sim/traces/{}", self.collector, self.id);
        let answer = self.http.get(place).send().await?.error_for_status()?;
        let told: Value = answer.json().await?;
        let spans = told.get("spans").and_then(Value::as_array);
        Ok(spans.cloned().unwrap_or_default())
    }
}

/// Those whose parent is no span of the trace.
fn roots(spans: &[Value]) -> Vec<&Value> {
    let id = |span: &Value, name: &str| span.get(name)?.as_str().map(str::to_owned);
    let known: BTreeSet<String> = spans
        .iter()
        .filter_map(|span| id(span, "span_id"))
        .collect();
    let is_root = |span: &&Value| id(span, "parent_id").is_none_or(|of| !known.contains(&of));
    spans.iter().filter(is_root).collect()
}
