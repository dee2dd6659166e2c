//! What the handlers and the jobs share.

use std::sync::Arc;
use std::time::Duration;

use ::jobs::Runner;
use bus::{Consumer, Relay};
use db::{Db, EmbeddedMigrations, Schema, embed_migrations};
use events::catalog::v1::ProductChanged;
use events::migration::v1::OrdersImportRequested;
use events::payments::v1::{
    AccountChanged, DisputeClosed, DisputeOpened, PaymentCanceled, PaymentFailed,
    PaymentProcessing, PaymentRequiresAction, PaymentSucceeded, RefundFailed, RefundSucceeded,
};
use http_kit::auth::Passwords;
use http_kit::{Foundation, Platform, RateLimiter, Service, ServiceParts, Worker};
use kernel::Clock;
use kernel::ticket::TicketKey;

use crate::accounts::{Accounts, FormerShops};
use crate::checkout::Desks;
use crate::domain::tax::Rates;
use crate::events as hear;
use crate::jobs::{
    expire_reservations, forget_accounts, forget_carts, forget_orders, write_to_customer,
};
use crate::routes;
use crate::store::settings;

pub const MIGRATIONS: Schema = Schema {
    name: "orders",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

const LOOK_FOR_EXPIRED: Duration = Duration::from_secs(10);
const LOOK_FOR_IDLE_CARTS: Duration = Duration::from_secs(3_600);
const LOOK_FOR_ORDERS_TO_FORGET: Duration = Duration::from_secs(3_600);
const LOOK_FOR_OVER_SESSIONS: Duration = Duration::from_secs(3_600);

/// The service's state; clones share it.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub clock: Clock,
    pub ticket_key: TicketKey,
    /// The law as of the newest migration.
    pub rates: Arc<Rates>,
    pub desks: Desks,
    pub accounts: Accounts,
    pub attempts: RateLimiter,
}

impl App {
    pub async fn new(platform: &Platform, foundation: &Foundation) -> anyhow::Result<Self> {
        let rates = foundation
            .db
            .system("read the VAT rates", async |tx| {
                settings::list_vat_rates(tx).await
            })
            .await?;
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
            ticket_key: platform.config.ticket_key.clone(),
            rates: Arc::new(rates),
            desks: Desks::default(),
            accounts: Accounts {
                db: foundation.db.clone(),
                clock: platform.clock.clone(),
                passwords: Passwords::new()?,
                issuer: platform.token_issuer()?,
                sessions: foundation.sessions.clone(),
                ticket_key: platform.config.ticket_key.clone(),
                former: FormerShops::default(),
                token_life: time::Duration::minutes(i64::from(platform.config.jwt.expire_minutes)),
            },
            attempts: platform.rates.clone(),
        })
    }
}

/// The service, ready to serve and to work.
pub async fn build(platform: &Platform) -> anyhow::Result<ServiceParts> {
    let foundation = platform.foundation(MIGRATIONS).await?;
    let app = App::new(platform, &foundation).await?;
    let service = Service::new(&foundation, app.clone(), routes::table());
    let mut workers = foundation.workers();
    workers.push(foundation.listen(foundation.listener()));
    workers.extend(bus_workers(platform, &app));
    let runner = Runner::new(app.db.clone(), app.clock.clone())
        .every(
            "expire_reservations",
            LOOK_FOR_EXPIRED,
            app.clone(),
            expire_reservations::run,
        )
        .on(app.clone(), write_to_customer::run)
        .every(
            "forget_accounts",
            LOOK_FOR_OVER_SESSIONS,
            app.clone(),
            forget_accounts::run,
        )
        .every(
            "forget_orders",
            LOOK_FOR_ORDERS_TO_FORGET,
            app.clone(),
            forget_orders::run,
        )
        .every("forget_carts", LOOK_FOR_IDLE_CARTS, app, forget_carts::run);
    workers.push(Worker::new("orders: jobs", move |stop| runner.run(stop)));
    Ok(ServiceParts { service, workers })
}

fn bus_workers(platform: &Platform, app: &App) -> Vec<Worker> {
    let consumer = Consumer::new("orders", app.db.clone(), platform.rabbit.clone())
        .with_projections()
        .on_with::<ProductChanged, _, _>(app.clone(), hear::product_changed::handle)
        .on::<AccountChanged, _>(hear::account_changed::handle)
        .on_with::<PaymentSucceeded, _, _>(app.clone(), hear::payment_succeeded::handle)
        .on_with::<PaymentFailed, _, _>(app.clone(), hear::payment_news::failed)
        .on_with::<PaymentProcessing, _, _>(app.clone(), hear::payment_news::processing)
        .on_with::<PaymentRequiresAction, _, _>(app.clone(), hear::payment_news::requires_action)
        .on_with::<PaymentCanceled, _, _>(app.clone(), hear::payment_news::canceled)
        .on_with::<RefundSucceeded, _, _>(app.clone(), hear::refunds::succeeded)
        .on_with::<RefundFailed, _, _>(app.clone(), hear::refunds::failed)
        .on_with::<DisputeOpened, _, _>(app.clone(), hear::disputes::opened)
        .on_with::<DisputeClosed, _, _>(app.clone(), hear::disputes::closed)
        .on_with::<OrdersImportRequested, _, _>(app.clone(), hear::import_requested::handle);
    let relay = Relay::new(app.db.clone(), platform.rabbit.clone())
        .listening(platform.config.database_url_for("orders"));
    vec![
        Worker::new("orders: hear", move |stop| consumer.run(stop)),
        Worker::new("orders: tell", move |stop| relay.run(stop)),
    ]
}
