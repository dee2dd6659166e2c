//! Who is alive: each process tells Redis of its services, and knows its own without Redis.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use kernel::Clock;
use redis::AsyncCommands;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::service::Service;

const EVERY: Duration = Duration::from_secs(5);
const KEPT_SECONDS: u64 = 15;
const ANSWER_TIME: Duration = Duration::from_millis(300);
const PREFIX: &str = "stores:health:";

/// What one service last said of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Heartbeat {
    /// `up`, or `down` when its own database does not answer.
    #[schema(example = "up")]
    pub status: String,
    pub version: String,
    /// Unix seconds when its process started.
    pub since: i64,
}

/// What is known of the whole platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlatformHealth {
    /// `healthy`; `degraded` when something is down or when others can not be heard.
    #[schema(example = "healthy")]
    pub status: String,
    pub services: BTreeMap<String, Heartbeat>,
}

/// Tells and hears heartbeats. Clones share what they know.
#[derive(Clone)]
pub struct Heartbeats(Arc<Shared>);

struct Shared {
    client: Option<redis::Client>,
    own: DashMap<&'static str, Heartbeat>,
    since: i64,
}

impl Heartbeats {
    pub fn new(redis_url: &SecretString, clock: Clock) -> Self {
        let client = redis::Client::open(redis_url.expose_secret()).ok();
        Self(Arc::new(Shared {
            client,
            own: DashMap::new(),
            since: clock.unix(),
        }))
    }

    fn set_own(&self, service: &'static str, up: bool) {
        let status = if up { "up" } else { "down" }.to_owned();
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.0.own.insert(
            service,
            Heartbeat {
                status,
                version,
                since: self.0.since,
            },
        );
    }

    /// Everything heard in the last 15 seconds. Without Redis: this process's own services.
    pub async fn read(&self) -> PlatformHealth {
        let heard = tokio::time::timeout(ANSWER_TIME, self.hear()).await;
        let (mut services, hears) = match heard {
            Ok(Ok(services)) => (services, true),
            Ok(Err(_)) | Err(_) => (BTreeMap::new(), false),
        };
        for own in &self.0.own {
            services.insert((*own.key()).to_owned(), own.value().clone());
        }
        let all_up = services.values().all(|service| service.status == "up");
        let status = if hears && all_up {
            "healthy"
        } else {
            "degraded"
        }
        .to_owned();
        PlatformHealth { status, services }
    }

    /// Asks and tells Redis of this process's services until told to end.
    pub(crate) async fn run(self, services: Vec<Service>, shutdown: CancellationToken) {
        loop {
            for service in &services {
                self.set_own(service.name, (service.readiness)().await.is_ok());
            }
            // What Redis can not be told now, it is told in five seconds.
            let _ = tokio::time::timeout(ANSWER_TIME, self.tell()).await;
            if shutdown
                .run_until_cancelled(tokio::time::sleep(EVERY))
                .await
                .is_none()
            {
                return;
            }
        }
    }

    async fn tell(&self) -> redis::RedisResult<()> {
        let Some(client) = &self.0.client else {
            return Ok(());
        };
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut pipeline = redis::pipe();
        for own in &self.0.own {
            let json = serde_json::to_string(own.value()).unwrap_or_default();
            pipeline
                .set_ex(format!("{PREFIX}{}", own.key()), json, KEPT_SECONDS)
                .ignore();
        }
        pipeline.query_async(&mut connection).await
    }

    async fn hear(&self) -> redis::RedisResult<BTreeMap<String, Heartbeat>> {
        let client = self
            .0
            .client
            .as_ref()
            .ok_or((redis::ErrorKind::Io, "no Redis"))?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let names: Vec<String> = [
            "tenants",
            "catalog",
            "orders",
            "payments",
            "invoicing",
            "mail",
            "migration",
        ]
        .map(|name| format!("{PREFIX}{name}"))
        .to_vec();
        let values: Vec<Option<String>> = connection.mget(&names).await?;
        let heard = names.iter().zip(values).filter_map(|(name, value)| {
            let heartbeat = serde_json::from_str(&value?).ok()?;
            Some((name.strip_prefix(PREFIX)?.to_owned(), heartbeat))
        });
        Ok(heard.collect())
    }
}
