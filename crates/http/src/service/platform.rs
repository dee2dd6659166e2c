//! What all services of a process share.

use std::sync::Arc;

use anyhow::Context;
use bus::Rabbit;
use db::{Db, DbConfig, Schema};
use kernel::Clock;
use kernel::config::Config;

use super::Foundation;
use crate::auth::TokenIssuer;
use crate::directory::TenantDirectory;
use crate::gate::Gate;
use crate::health::Heartbeats;
use crate::rate::RateLimiter;
use crate::sessions::Sessions;

/// Configuration, clock and the ways to Redis and RabbitMQ. Nothing is connected before it is needed.
#[derive(Clone)]
pub struct Platform {
    pub config: Arc<Config>,
    pub clock: Clock,
    pub rabbit: Rabbit,
    pub rates: RateLimiter,
    pub heartbeats: Heartbeats,
}

impl Platform {
    pub fn new(config: Config, clock: Clock) -> Self {
        Self {
            rabbit: Rabbit::new(config.brokers.clone()),
            rates: RateLimiter::new(&config, clock.clone()),
            heartbeats: Heartbeats::new(&config.redis_url, clock.clone()),
            config: Arc::new(config),
            clock,
        }
    }

    /// Signs access tokens.
    pub fn token_issuer(&self) -> anyhow::Result<TokenIssuer> {
        Ok(TokenIssuer::new(&self.config, self.clock.clone())?)
    }

    /// A service's database, and what its gate knows of stores, sessions and staff, loaded from it.
    pub async fn foundation(&self, schema: Schema) -> anyhow::Result<Foundation> {
        let service = schema.name;
        self.config.check_service(service)?;
        let db = Db::new(&DbConfig {
            url: self.config.database_url_for(service),
            service,
            pool_size: self.config.database_pool_size,
        })?;
        db::level(&db, schema).await?;
        let directory = TenantDirectory::new(
            &self.config.base_domain,
            Some(db.clone()),
            self.clock.clone(),
        );
        let sessions = Sessions::new(Some(db.clone()), self.clock.clone());
        directory
            .load()
            .await
            .with_context(|| format!("loading the stores of {service}"))?;
        sessions
            .load()
            .await
            .with_context(|| format!("loading the sessions of {service}"))?;
        let gate = Gate::new(
            &self.config,
            self.clock.clone(),
            directory.clone(),
            sessions.clone(),
            self.rates.clone(),
        )?;
        Ok(Foundation {
            schema,
            db,
            directory,
            sessions,
            gate,
            platform: self.clone(),
            missed: Arc::default(),
            hears: Arc::default(),
        })
    }
}
