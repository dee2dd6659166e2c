//! What the handlers and the jobs share.

use std::sync::Arc;
use std::time::Duration;

use ::events::catalog::v1::ProductChanged;
use ::events::invoicing::v1::DocumentIssued;
use ::events::orders::v1::{
    AccountMailRequested, CustomerErased, OrderCancelled, OrderForgotten, OrderFulfilled,
    OrderPaid, OrderPlaced, OrderRefunded, StockChanged, WithdrawalReceived,
};
use ::events::payments::v1::{PaymentFailed, PaymentRequiresAction};
use ::events::tenants::v1::{DomainChanged, StaffChanged, TenantChanged};
use ::jobs::Runner;
use bus::{Consumer, Relay};
use db::{Db, EmbeddedMigrations, Schema, embed_migrations};
use http_kit::{Foundation, Platform, Service, ServiceParts, TenantDirectory, Worker};
use kernel::Clock;
use kernel::ticket::TicketKey;
use outbound::Outbound;
use secrecy::SecretString;
use tokio::sync::Notify;

use crate::clients::Transport;
use crate::events::{customers, documents, domains, erasures, goods, orders, payments, stores};
use crate::jobs::{apply_provider_events, erase_store, forget, send_deliveries, send_messages};
use crate::look::Origins;
use crate::render::Renderer;
use crate::routes;
use crate::vault::Vault;

pub const MIGRATIONS: Schema = Schema {
    name: "mail",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

const LOOK_EVERY: Duration = Duration::from_secs(1);
const FORGET_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// The service's state; clones share it.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub directory: TenantDirectory,
    pub vault: Vault,
    /// Makes the words in letters about accounts.
    pub ticket_key: TicketKey,
    pub renderer: Arc<Renderer>,
    pub transport: Arc<Transport>,
    /// For addresses that merchants typed.
    pub outbound: Outbound,
    pub origins: Origins,
    /// Who writes where a store has no sender of its own.
    pub from: String,
    /// Proves the provider's webhooks; without it none is believed.
    pub webhook_key: Option<SecretString>,
    /// Told when a mail was queued by a request.
    pub mail_wake: Arc<Notify>,
    /// Told when an event of the provider's was kept.
    pub event_wake: Arc<Notify>,
    /// Told when a merchant's webhook was queued by a request.
    pub webhook_wake: Arc<Notify>,
}

impl App {
    pub fn new(platform: &Platform, foundation: &Foundation) -> anyhow::Result<Self> {
        let config = &platform.config;
        let transport = Transport::of(config)?;
        if transport.name().is_none() {
            tracing::warn!("Mails wait: neither ZEPTOMAIL_API_KEY nor SMTP_URL is set");
        }
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
            directory: foundation.directory.clone(),
            ticket_key: config.ticket_key.clone(),
            vault: Vault::new(&config.sealing_keys)?,
            renderer: Arc::new(Renderer::new()?),
            transport: Arc::new(transport),
            outbound: Outbound::new(config, send_deliveries::RULES)?,
            origins: Origins::of(config),
            from: config.mail.from.as_str().to_owned(),
            webhook_key: config.mail.zeptomail_webhook_key.clone(),
            mail_wake: Arc::default(),
            event_wake: Arc::default(),
            webhook_wake: Arc::default(),
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
    workers.extend(job_workers(&app));
    Ok(ServiceParts { service, workers })
}

fn bus_workers(platform: &Platform, app: &App) -> Vec<Worker> {
    let consumer = Consumer::new("mail", app.db.clone(), platform.rabbit.clone())
        .with_projections()
        .on_with::<TenantChanged, _, _>(app.clone(), stores::tenant_changed)
        .on_with::<StaffChanged, _, _>(app.clone(), stores::staff_changed)
        .on_with::<DomainChanged, _, _>(app.clone(), domains::domain_changed)
        .on_with::<OrderPlaced, _, _>(app.clone(), orders::placed)
        .on_with::<OrderPaid, _, _>(app.clone(), orders::paid)
        .on_with::<OrderCancelled, _, _>(app.clone(), orders::cancelled)
        .on_with::<OrderFulfilled, _, _>(app.clone(), orders::fulfilled)
        .on_with::<OrderRefunded, _, _>(app.clone(), orders::refunded)
        .on_with::<AccountMailRequested, _, _>(app.clone(), customers::account_mail)
        .on_with::<WithdrawalReceived, _, _>(app.clone(), customers::withdrawal)
        .on_with::<CustomerErased, _, _>(app.clone(), erasures::customer_erased)
        .on_with::<OrderForgotten, _, _>(app.clone(), erasures::order_forgotten)
        .on_with::<PaymentRequiresAction, _, _>(app.clone(), payments::requires_action)
        .on_with::<PaymentFailed, _, _>(app.clone(), payments::failed)
        .on_with::<DocumentIssued, _, _>(app.clone(), documents::issued)
        .on_with::<ProductChanged, _, _>(app.clone(), goods::product_changed)
        .on_with::<StockChanged, _, _>(app.clone(), goods::stock_changed);
    let relay = Relay::new(app.db.clone(), platform.rabbit.clone())
        .listening(platform.config.database_url_for("mail"));
    vec![
        Worker::new("mail: hear", move |stop| consumer.run(stop)),
        Worker::new("mail: tell", move |stop| relay.run(stop)),
    ]
}

fn job_workers(app: &App) -> Vec<Worker> {
    let (mails, news, webhooks) = (app.clone(), app.clone(), app.clone());
    let runner = Runner::new(app.db.clone(), app.clock.clone())
        .on(app.clone(), erase_store::run)
        .every("forget_mails", FORGET_EVERY, app.clone(), forget::run);
    vec![
        Worker::looking(
            "mail: send",
            (app.mail_wake.clone(), LOOK_EVERY),
            move |stop| {
                let app = mails.clone();
                async move { send_messages::send_due(&app, &stop).await }
            },
        ),
        Worker::looking(
            "mail: take in the provider's news",
            (app.event_wake.clone(), LOOK_EVERY),
            move |_| {
                let app = news.clone();
                async move { apply_provider_events::apply_waiting(&app).await }
            },
        ),
        Worker::looking(
            "mail: send merchants' webhooks",
            (app.webhook_wake.clone(), LOOK_EVERY),
            move |stop| {
                let app = webhooks.clone();
                async move { send_deliveries::send_due(&app, &stop).await }
            },
        ),
        Worker::new("mail: jobs", move |stop| runner.run(stop)),
    ]
}
