//! What the handlers and the jobs share.

use bus::{Consumer, Relay};
use db::{Db, EmbeddedMigrations, Schema, embed_migrations};
use http_kit::{Foundation, Platform, Service, ServiceParts, Worker};
use kernel::Clock;

use crate::routes;

pub const MIGRATIONS: Schema = Schema {
    name: "migration",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

/// The service's state; clones share it.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
}

impl App {
    pub fn new(platform: &Platform, foundation: &Foundation) -> anyhow::Result<Self> {
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
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
    Ok(ServiceParts { service, workers })
}

fn bus_workers(platform: &Platform, app: &App) -> Vec<Worker> {
    let consumer =
        Consumer::new("migration", app.db.clone(), platform.rabbit.clone()).with_projections();
    let relay = Relay::new(app.db.clone(), platform.rabbit.clone())
        .listening(platform.config.database_url_for("migration"));
    vec![
        Worker::new("migration: hear", move |stop| consumer.run(stop)),
        Worker::new("migration: tell", move |stop| relay.run(stop)),
    ]
}
