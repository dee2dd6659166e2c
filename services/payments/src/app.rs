//! What the handlers and the jobs share.

use std::sync::Arc;

use bus::{Consumer, Relay};
use db::{Db, EmbeddedMigrations, Schema, embed_migrations};
use events::orders::v1::{OrderCancelled, OrderPaid, OrderPlaced, RefundRequested};
use http_kit::{Foundation, Platform, Service, ServiceParts, Worker};
use kernel::ticket::TicketKey;
use kernel::{Clock, TenantId};
use moka::sync::Cache;
use secrecy::ExposeSecret;
use tokio::sync::Notify;

use crate::clients::stripe::Stripe;
use crate::domain::signature::Secrets;
use crate::events::{order_changed, refund_requested};
use crate::jobs::{apply_stripe_event, reconcile, send_refund};
use crate::routes;

pub const MIGRATIONS: Schema = Schema {
    name: "payments",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

/// Connected accounts whose store is remembered.
const ACCOUNTS_MAX: u64 = 10_000;

/// The service's state; clones share it.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub stripe: Arc<Stripe>,
    pub secrets: Arc<Secrets>,
    pub ticket_key: TicketKey,
    /// Whether the keys are live ones; an event of the other mode is never applied.
    pub live_mode: bool,
    pub publishable_key: String,
    pub stripe_js_url: String,
    /// Where an owner comes back to from Stripe.
    pub admin_origin: String,
    pub account_tenants: Cache<String, TenantId>,
    /// Told when a webhook event was stored.
    pub webhook_wake: Arc<Notify>,
    /// Told when a refund may wait to be sent.
    pub refund_wake: Arc<Notify>,
}

impl App {
    pub fn new(platform: &Platform, foundation: &Foundation) -> anyhow::Result<Self> {
        let config = &platform.config;
        let stripe = &config.stripe;
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
            stripe: Arc::new(Stripe::new(config)?),
            secrets: Arc::new(Secrets {
                platform: stripe.webhook_secret.clone(),
                connect: stripe.connect_webhook_secret.clone(),
            }),
            ticket_key: config.ticket_key.clone(),
            live_mode: stripe.secret_key.expose_secret().contains("_live_"),
            publishable_key: stripe.public_key.clone(),
            stripe_js_url: stripe.js_url.clone(),
            admin_origin: config.public_origin(None),
            account_tenants: Cache::new(ACCOUNTS_MAX),
            webhook_wake: Arc::new(Notify::new()),
            refund_wake: Arc::new(Notify::new()),
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
    workers.extend(jobs(&app));
    Ok(ServiceParts { service, workers })
}

fn bus_workers(platform: &Platform, app: &App) -> Vec<Worker> {
    let consumer = Consumer::new("payments", app.db.clone(), platform.rabbit.clone())
        .with_projections()
        .on::<OrderPlaced, _>(order_changed::placed)
        .on::<OrderPaid, _>(order_changed::paid)
        .on::<OrderCancelled, _>(order_changed::cancelled)
        .on_with::<RefundRequested, _, _>(app.clone(), refund_requested::handle);
    let relay = Relay::new(app.db.clone(), platform.rabbit.clone())
        .listening(platform.config.database_url_for("payments"));
    vec![
        Worker::new("payments: hear", move |stop| consumer.run(stop)),
        Worker::new("payments: tell", move |stop| relay.run(stop)),
    ]
}

fn jobs(app: &App) -> Vec<Worker> {
    let (events, refunds, silent) = (app.clone(), app.clone(), app.clone());
    vec![
        Worker::new("payments: apply Stripe's events", move |stop| async move {
            stop.run_until_cancelled(apply_stripe_event::run(&events))
                .await;
        }),
        Worker::new("payments: send refunds", move |stop| async move {
            stop.run_until_cancelled(send_refund::run(&refunds)).await;
        }),
        Worker::new("payments: reconcile", move |stop| async move {
            stop.run_until_cancelled(reconcile::run(&silent)).await;
        }),
    ]
}
