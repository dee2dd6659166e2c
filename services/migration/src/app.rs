//! What the handlers and the jobs share.

use std::sync::Arc;
use std::time::Duration;

use ::jobs::Runner;
use bus::{Consumer, Relay};
use db::{Db, EmbeddedMigrations, Schema, Sealer, embed_migrations};
use events::{catalog, orders};
use http_kit::{Foundation, Platform, Service, ServiceParts, TenantDirectory, Worker};
use kernel::Clock;
use outbound::Outbound;
use tokio::sync::Semaphore;

use crate::clients::s3::Uploads;
use crate::clients::{images, woocommerce};
use crate::events::import_applied;
use crate::jobs::{end_stopped, run_import};
use crate::{keys, routes};

pub const MIGRATIONS: Schema = Schema {
    name: "migration",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

/// Imports that one process works on at once; a store has one at a time.
const IMPORTS_AT_ONCE: usize = 4;
/// Streams of progress that one process holds open.
const WATCHERS_MAX: usize = 200;
const END_STOPPED_EVERY: Duration = Duration::from_secs(86_400);

/// The service's state; clones share it.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub directory: TenantDirectory,
    pub sealer: Arc<Sealer>,
    /// Reaches shops' APIs.
    pub shops: Outbound,
    /// Reaches shops' files.
    pub files: Outbound,
    pub uploads: Arc<Uploads>,
    /// Places for those who watch an import: each looks into the database twice a second.
    pub watchers: Arc<Semaphore>,
}

impl App {
    pub fn new(platform: &Platform, foundation: &Foundation) -> anyhow::Result<Self> {
        let config = &platform.config;
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
            directory: foundation.directory.clone(),
            sealer: Arc::new(Sealer::new(keys::PURPOSE, &config.sealing_keys)?),
            shops: Outbound::new(config, woocommerce::RULES)?,
            files: Outbound::new(config, images::RULES)?,
            uploads: Arc::new(Uploads::new(config)?),
            watchers: Arc::new(Semaphore::new(WATCHERS_MAX)),
        })
    }
}

/// The service, ready to serve and to work.
pub async fn build(platform: &Platform) -> anyhow::Result<ServiceParts> {
    let foundation = platform.foundation(MIGRATIONS).await?;
    let app = App::new(platform, &foundation)?;
    let service = Service::new(&foundation, app.clone(), routes::table());
    let mut workers = foundation.workers();
    workers.push(foundation.listen(foundation.listener()));
    workers.extend(bus_workers(platform, &app));
    let runner = Runner::new(app.db.clone(), app.clock.clone())
        .concurrency(IMPORTS_AT_ONCE)
        .on(app.clone(), run_import::run)
        .every("end_stopped", END_STOPPED_EVERY, app, end_stopped::run);
    workers.push(Worker::new("migration: jobs", move |stop| runner.run(stop)));
    Ok(ServiceParts { service, workers })
}

fn bus_workers(platform: &Platform, app: &App) -> Vec<Worker> {
    let clock = app.clock.clone();
    let consumer = Consumer::new("migration", app.db.clone(), platform.rabbit.clone())
        .with_projections()
        .on_with::<catalog::v1::ImportApplied, _, _>(clock.clone(), import_applied::of_catalog)
        .on_with::<orders::v1::ImportApplied, _, _>(clock, import_applied::of_orders);
    let relay = Relay::new(app.db.clone(), platform.rabbit.clone())
        .listening(platform.config.database_url_for("migration"));
    vec![
        Worker::new("migration: hear", move |stop| consumer.run(stop)),
        Worker::new("migration: tell", move |stop| relay.run(stop)),
    ]
}
