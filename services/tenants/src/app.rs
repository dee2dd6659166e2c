//! What the handlers share, and the service as a whole.

use std::sync::Arc;
use std::time::Duration as Pause;

use ::jobs::Runner;
use bus::{Consumer, Relay};
use db::{Db, EmbeddedMigrations, Schema, Sealer, embed_migrations};
use events::tenants::v1::TenantChanged;
use events::{catalog, invoicing, mail, migration, orders, payments, tenants};
use http_kit::auth::Passwords;
use http_kit::{Foundation, Heartbeats, HotCache, Platform, Service, ServiceParts, Worker};
use kernel::Clock;
use kernel::ticket::TicketKey;
use time::Duration;

use crate::clients::certificates::Certificates;
use crate::clients::dns::Dns;
use crate::door::Door;
use crate::events::action_recorded;
use crate::identity::Identity;
use crate::jobs::check_domains;
use crate::routes;

pub const MIGRATIONS: Schema = Schema {
    name: "tenants",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

/// How often it is looked for domains that are due.
const LOOK_FOR_DOMAINS: Pause = Pause::from_secs(60);
/// Bytes of finished answers that are kept.
const HOT_BYTES: u64 = 16 << 20;

/// The service's state; clones share it.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub identity: Identity,
    pub hot: HotCache,
    pub heartbeats: Heartbeats,
    pub rates: http_kit::RateLimiter,
    pub sealer: Arc<Sealer>,
    /// Signs the links of previews.
    pub ticket_key: TicketKey,
    pub dns: Arc<Dns>,
    pub certificates: Arc<Certificates>,
    pub door: Arc<Door>,
    pub base_domain: String,
    /// `scheme` and `BASE_DOMAIN[:port]`, between which a store's slug makes its address.
    pub scheme: String,
    pub domain: String,
}

impl App {
    pub fn new(foundation: &Foundation) -> anyhow::Result<Self> {
        let platform = foundation.platform();
        let config = &platform.config;
        let origin = config.public_origin(None);
        let domain = origin
            .split_once("://")
            .map_or("", |(_, domain)| domain)
            .to_owned();
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
            identity: Identity {
                db: foundation.db.clone(),
                clock: platform.clock.clone(),
                passwords: Passwords::new()?,
                issuer: platform.token_issuer()?,
                sessions: foundation.sessions.clone(),
                token_life: Duration::minutes(i64::from(config.jwt.expire_minutes)),
            },
            hot: HotCache::new(HOT_BYTES),
            heartbeats: platform.heartbeats.clone(),
            rates: platform.rates.clone(),
            sealer: Arc::new(Sealer::new(
                "tenants: sealed answers",
                &config.sealing_keys,
            )?),
            ticket_key: config.ticket_key.clone(),
            dns: Arc::new(Dns::new(config)),
            certificates: Arc::new(Certificates::new(config)),
            door: Arc::new(Door::new(config)),
            base_domain: config.base_domain.to_ascii_lowercase(),
            scheme: config.public_scheme.clone(),
            domain,
        })
    }

    /// Where a store answers.
    pub fn url_of(&self, slug: &str) -> String {
        format!("{}://{slug}.{}", self.scheme, self.domain)
    }

    /// The address of a host of the store's own, behind the same port.
    pub fn url_at(&self, host: &str) -> String {
        let port = self.domain.split_once(':');
        let port = port.map_or_else(String::new, |(_, port)| format!(":{port}"));
        format!("{}://{host}{port}", self.scheme)
    }
}

/// The service, ready to serve and to work.
pub async fn build(platform: &Platform) -> anyhow::Result<ServiceParts> {
    let foundation = platform.foundation(MIGRATIONS).await?;
    let app = App::new(&foundation)?;
    let (changed, missed) = (app.hot.clone(), app.hot.clone());
    let listener = foundation
        .listener()
        .on::<TenantChanged>(move |news| changed.drop_tenant(news.tenant))
        .lost(move || missed.drop_all());
    let consumer = Consumer::new("tenants", app.db.clone(), platform.rabbit.clone())
        .with_projections()
        .on::<tenants::v1::ActionRecorded, _>(action_recorded::of_tenants)
        .on::<catalog::v1::ActionRecorded, _>(action_recorded::of_catalog)
        .on::<orders::v1::ActionRecorded, _>(action_recorded::of_orders)
        .on::<payments::v1::ActionRecorded, _>(action_recorded::of_payments)
        .on::<invoicing::v1::ActionRecorded, _>(action_recorded::of_invoicing)
        .on::<mail::v1::ActionRecorded, _>(action_recorded::of_mail)
        .on::<migration::v1::ActionRecorded, _>(action_recorded::of_migration);
    let relay = Relay::new(app.db.clone(), platform.rabbit.clone())
        .listening(platform.config.database_url_for("tenants"));
    let runner = Runner::new(app.db.clone(), app.clock.clone()).every(
        "check_domains",
        LOOK_FOR_DOMAINS,
        app.clone(),
        check_domains::run,
    );
    let mut workers = foundation.workers();
    workers.push(foundation.listen(listener));
    workers.push(Worker::new("tenants: jobs", move |stop| runner.run(stop)));
    workers.push(Worker::new("tenants: hear", move |stop| consumer.run(stop)));
    workers.push(Worker::new("tenants: tell", move |stop| relay.run(stop)));
    Ok(ServiceParts {
        service: Service::new(&foundation, app, routes::table()),
        workers,
    })
}
