//! What the handlers and the jobs share.

use std::sync::Arc;
use std::time::Duration;

use bus::{Consumer, Listener, Relay};
use db::{Db, EmbeddedMigrations, Schema, embed_migrations};
use events::catalog::v1::{AvailabilityChanged, CategoryChanged, ImportApplied, ProductChanged};
use events::migration::v1::CatalogImportRequested;
use events::orders::v1::StockChanged;
use http_kit::{Foundation, HotCache, Platform, Service, ServiceParts, TenantDirectory, Worker};
use jobs::Runner;
use kernel::{Clock, TenantId};
use tokio::sync::Semaphore;

use crate::clients::s3::Objects;
use crate::events::{import_requested, stock_changed};
use crate::jobs::{collect_media, take_in_import, tell_products};
use crate::routes;

pub const MIGRATIONS: Schema = Schema {
    name: "catalog",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

const HOT_BYTES: u64 = 32 << 20;
/// Images decoded at once: each may take hundreds of megabytes for a moment.
const DECODERS: usize = 1;
const COLLECT_EVERY: Duration = Duration::from_secs(3_600);

/// The service's state; clones share it.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub hot: HotCache,
    pub objects: Arc<Objects>,
    pub decoders: Arc<Semaphore>,
    pub directory: TenantDirectory,
    cdn_base_url: Option<String>,
}

impl App {
    pub fn new(platform: &Platform, foundation: &Foundation) -> anyhow::Result<Self> {
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
            hot: HotCache::new(HOT_BYTES),
            objects: Arc::new(Objects::new(&platform.config)?),
            decoders: Arc::new(Semaphore::new(DECODERS)),
            directory: foundation.directory.clone(),
            cdn_base_url: platform.config.storage()?.cdn_base_url.clone(),
        })
    }

    /// What stands in front of `MEDIA_ID/FILE` in public addresses.
    pub fn media_base(&self, tenant: TenantId) -> String {
        match &self.cdn_base_url {
            Some(cdn) => format!("{}/media/{tenant}/", cdn.trim_end_matches('/')),
            None => "/api/catalog/store/media/".to_owned(),
        }
    }
}

/// The service, ready to serve and to work.
pub async fn build(platform: &Platform) -> anyhow::Result<ServiceParts> {
    let foundation = platform.foundation(MIGRATIONS).await?;
    let app = App::new(platform, &foundation)?;
    let service = Service::new(&foundation, app.clone(), routes::table());
    let mut workers = foundation.workers();
    workers.push(foundation.listen(listener(&foundation, &app)));
    workers.extend(bus_workers(platform, &app));
    let runner = Runner::new(app.db.clone(), app.clock.clone())
        .on(app.clone(), tell_products::run)
        .on(app.clone(), take_in_import::run)
        .every("collect_media", COLLECT_EVERY, app, collect_media::run);
    workers.push(Worker::new("catalog: jobs", move |stop| runner.run(stop)));
    Ok(ServiceParts { service, workers })
}

/// Every instance drops what it keeps of a store when something shoppers see has changed.
fn listener(foundation: &Foundation, app: &App) -> Listener {
    let (of_product, of_category) = (app.hot.clone(), app.hot.clone());
    let (of_stock, of_import, of_loss) = (app.hot.clone(), app.hot.clone(), app.hot.clone());
    let listener = foundation
        .listener()
        .on::<ProductChanged>(move |news| of_product.drop_tenant(news.tenant))
        .on::<CategoryChanged>(move |news| of_category.drop_tenant(news.tenant))
        .on::<AvailabilityChanged>(move |news| of_stock.drop_tenant(news.tenant))
        // What it brings besides, such as reviews, nothing else tells of.
        .on::<ImportApplied>(move |news| of_import.drop_tenant(news.tenant))
        .lost(move || of_loss.drop_all());
    app.hot.keep_while_up(listener.link());
    listener
}

fn bus_workers(platform: &Platform, app: &App) -> Vec<Worker> {
    let consumer = Consumer::new("catalog", app.db.clone(), platform.rabbit.clone())
        .with_projections()
        .on::<StockChanged, _>(stock_changed::handle)
        .on_with::<CatalogImportRequested, _, _>(app.clone(), import_requested::handle);
    let relay = Relay::new(app.db.clone(), platform.rabbit.clone())
        .listening(platform.config.database_url_for("catalog"));
    vec![
        Worker::new("catalog: hear", move |stop| consumer.run(stop)),
        Worker::new("catalog: tell", move |stop| relay.run(stop)),
    ]
}
