//! What the handlers and the jobs share.

use std::sync::Arc;
use std::time::Duration;

use ::jobs::Runner;
use anyhow::Context;
use bus::{Consumer, Relay};
use db::{Db, EmbeddedMigrations, Schema, Sealer, embed_migrations};
use events::orders::v1::{OrderCancelled, OrderClaimed, OrderPaid, OrderRefunded};
use http_kit::{Foundation, Platform, Service, ServiceParts, TenantDirectory, Worker};
use kernel::{Clock, Config, TenantId};
use moka::sync::Cache;
use serde_json::Value;
use tokio::sync::Notify;

use crate::clients::moloni::Moloni;
use crate::clients::s3::Objects;
use crate::events::{order_cancelled, order_claimed, order_paid, order_refunded};
use crate::jobs::{check_books, keep_connections};
use crate::tokens::SEALED;
use crate::{issue, routes};

pub const MIGRATIONS: Schema = Schema {
    name: "invoicing",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

/// Lists of Moloni's that are remembered, and for how long.
const LOOKUPS_MAX: u64 = 10_000;
const PRODUCTS_MAX: u64 = 200_000;
const REMEMBERED_FOR: Duration = Duration::from_secs(600);

const LOOK_EVERY: Duration = Duration::from_millis(500);
const KEEP_CONNECTIONS_EVERY: Duration = Duration::from_secs(60 * 60);
const CHECK_BOOKS_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
const LOCALE: &str = "en";

/// The service's state; clones share it.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub config: Arc<Config>,
    pub directory: TenantDirectory,
    /// Absent when the platform has no key of Moloni's: then no store can connect, and a connected store's
    /// documents wait.
    pub moloni: Option<Arc<Moloni>>,
    pub sealer: Arc<Sealer>,
    pub objects: Arc<Objects>,
    /// Lists of a company that hardly change, by the call that reads them.
    pub lookups: Cache<(TenantId, i64, &'static str), Arc<Vec<Value>>>,
    /// A company's products by their references.
    pub products: Cache<(TenantId, i64, String), i64>,
    /// Told when a document may wait to be issued.
    pub wake: Arc<Notify>,
}

impl App {
    /// # Errors
    /// When the settings of the object store or of the keys cannot be used.
    pub fn new(platform: &Platform, foundation: &Foundation) -> anyhow::Result<Self> {
        let config = &platform.config;
        let moloni = config.moloni.as_ref().map(Moloni::new).transpose()?;
        let sealer = Sealer::new(SEALED.purpose, &config.sealing_keys);
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
            config: config.clone(),
            directory: foundation.directory.clone(),
            moloni: moloni.map(Arc::new),
            sealer: Arc::new(sealer.context("the keys that seal")?),
            objects: Arc::new(Objects::new(config)?),
            lookups: Cache::builder()
                .max_capacity(LOOKUPS_MAX)
                .time_to_live(REMEMBERED_FOR)
                .build(),
            products: Cache::builder()
                .max_capacity(PRODUCTS_MAX)
                .time_to_live(REMEMBERED_FOR)
                .support_invalidation_closures()
                .build(),
            wake: Arc::new(Notify::new()),
        })
    }

    /// The language in which a store's merchant is spoken to.
    pub fn locale_of(&self, tenant: TenantId) -> String {
        let store = self.directory.by_id(tenant);
        store.map_or(LOCALE.to_owned(), |store| store.locale.to_string())
    }
}

/// The service, ready to serve and to work.
///
/// # Errors
/// When the database or the settings cannot be used.
pub async fn build(platform: &Platform) -> anyhow::Result<ServiceParts> {
    let foundation = platform.foundation(MIGRATIONS).await?;
    let app = App::new(platform, &foundation)?;
    let service = Service::new(&foundation, app.clone(), routes::table());
    let mut workers = foundation.workers();
    workers.push(foundation.listen(foundation.listener()));
    workers.extend(bus_workers(platform, &app));
    workers.extend(jobs(&app));
    Ok(ServiceParts { service, workers })
}

fn bus_workers(platform: &Platform, app: &App) -> Vec<Worker> {
    let consumer = Consumer::new("invoicing", app.db.clone(), platform.rabbit.clone())
        .with_projections()
        .on_with::<OrderPaid, _, _>(app.clone(), order_paid::handle)
        .on_with::<OrderCancelled, _, _>(app.clone(), order_cancelled::handle)
        .on_with::<OrderRefunded, _, _>(app.clone(), order_refunded::handle)
        .on_with::<OrderClaimed, _, _>(app.clone(), order_claimed::handle);
    let relay = Relay::new(app.db.clone(), platform.rabbit.clone())
        .listening(platform.config.database_url_for("invoicing"));
    vec![
        Worker::new("invoicing: hear", move |stop| consumer.run(stop)),
        Worker::new("invoicing: tell", move |stop| relay.run(stop)),
    ]
}

fn jobs(app: &App) -> Vec<Worker> {
    let issuing = app.clone();
    let runner = Runner::new(app.db.clone(), app.clock.clone())
        .every(
            "keep_connections",
            KEEP_CONNECTIONS_EVERY,
            app.clone(),
            keep_connections::run,
        )
        .every(
            "check_books",
            CHECK_BOOKS_EVERY,
            app.clone(),
            check_books::run,
        );
    vec![
        Worker::looking(
            "invoicing: issue documents",
            (app.wake.clone(), LOOK_EVERY),
            move |stop| {
                let app = issuing.clone();
                async move { issue::work_off(&app, &stop).await }
            },
        ),
        Worker::new("invoicing: jobs", move |stop| runner.run(stop)),
    ]
}
