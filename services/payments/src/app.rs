//! What the handlers and the jobs share.

use std::sync::Arc;
use std::time::Duration;

use ::jobs::Runner;
use bus::{Consumer, Relay};
use db::{Db, EmbeddedMigrations, Schema, embed_migrations};
use events::orders::v1::{OrderCancelled, OrderPaid, OrderPlaced, RefundRequested};
use http_kit::{Foundation, Platform, Service, ServiceParts, Worker};
use kernel::ticket::TicketKey;
use kernel::{Clock, PaymentId, TenantId};
use moka::sync::Cache;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::sync::Notify;

use crate::clients::stripe::Stripe;
use crate::domain::signature::Secrets;
use crate::events::{order_changed, refund_requested};
use crate::intake;
use crate::jobs::apply_stripe_event::Hands;
use crate::jobs::{
    apply_stripe_event, cancel_intent, catch_up, count_breaks, forget_events, look_up_payments,
    send_refund,
};
use crate::routes;
use crate::settle::{Settled, Settling, Word, settle_intent};
use crate::store::breaks;

pub const MIGRATIONS: Schema = Schema {
    name: "payments",
    migrations: &EMBEDDED,
};
static EMBEDDED: EmbeddedMigrations = embed_migrations!("migrations");

/// Connected accounts whose store is remembered.
const ACCOUNTS_MAX: u64 = 10_000;
/// A page that asks how a payment stands makes us ask Stripe at most this often.
const LOOKED_FOR: Duration = Duration::from_secs(2);
const LOOKED_MAX: u64 = 10_000;

const LOOK_UP_EVERY: Duration = Duration::from_secs(60);
const CATCH_UP_EVERY: Duration = Duration::from_secs(15 * 60);
const FORGET_EVERY: Duration = Duration::from_secs(24 * 60 * 60);

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
    /// The admin panel, where an owner comes back to from Stripe.
    pub admin_url: String,
    pub account_tenants: Cache<String, TenantId>,
    /// Payments that were compared with Stripe a moment ago.
    pub looked_at: Cache<PaymentId, ()>,
    /// Keeps what Stripe sends.
    pub intake: intake::Desks,
    /// Applies what Stripe sent, where this process does.
    pub hands: Hands,
    /// Told when a webhook event waits in the table.
    pub webhook_wake: Arc<Notify>,
}

impl App {
    pub fn new(platform: &Platform, foundation: &Foundation) -> anyhow::Result<Self> {
        let config = &platform.config;
        let stripe = config.stripe()?;
        Ok(Self {
            db: foundation.db.clone(),
            clock: platform.clock.clone(),
            stripe: Arc::new(Stripe::new(stripe)?),
            secrets: Arc::new(Secrets {
                platform: stripe.webhook_secret.clone(),
                connect: stripe.connect_webhook_secret.clone(),
            }),
            ticket_key: config.ticket_key.clone(),
            live_mode: stripe.secret_key.expose_secret().contains("_live_"),
            publishable_key: stripe.public_key.clone(),
            stripe_js_url: stripe.js_url.clone(),
            admin_url: config.admin_url(),
            account_tenants: Cache::new(ACCOUNTS_MAX),
            looked_at: Cache::builder()
                .max_capacity(LOOKED_MAX)
                .time_to_live(LOOKED_FOR)
                .build(),
            intake: intake::Desks::default(),
            hands: Hands::default(),
            webhook_wake: Arc::new(Notify::new()),
        })
    }

    /// Now, with what Stripe says of an account.
    pub fn settling<'a>(&self, account: &'a str) -> Settling<'a> {
        Settling {
            now: self.clock.now(),
            live_mode: self.live_mode,
            account,
        }
    }

    /// Applies what Stripe said of an intent at `account`, when it was asked for another reason than
    /// an event.
    pub async fn settle(
        &self,
        tenant: TenantId,
        account: &str,
        word: Word<'_>,
    ) -> Result<Settled, db::Error> {
        let at = self.settling(account);
        self.db
            .tenant(tenant, async |tx| {
                let settled = settle_intent(tx, at, word).await?;
                if let Settled::Mismatch(note) = &settled {
                    let detail = json!({ "intent": word.id(), "note": note });
                    breaks::create_break(tx, "intent_mismatch", word.id(), &detail).await?;
                }
                Ok(settled)
            })
            .await
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
    let (events, refunds, breaks) = (app.clone(), app.clone(), app.clone());
    let runner = Runner::new(app.db.clone(), app.clock.clone())
        .on(app.clone(), cancel_intent::run)
        .every(
            "look_up_payments",
            LOOK_UP_EVERY,
            app.clone(),
            look_up_payments::run,
        )
        .every("catch_up", CATCH_UP_EVERY, app.clone(), catch_up::run)
        .every(
            "forget_events",
            FORGET_EVERY,
            app.clone(),
            forget_events::run,
        );
    vec![
        Worker::new("payments: apply Stripe's events", move |stop| async move {
            apply_stripe_event::run(&events, &stop).await;
        }),
        Worker::new("payments: send refunds", move |stop| async move {
            stop.run_until_cancelled(send_refund::run(&refunds)).await;
        }),
        Worker::new("payments: count differences", move |stop| async move {
            stop.run_until_cancelled(count_breaks::run(&breaks)).await;
        }),
        Worker::new("payments: jobs", move |stop| runner.run(stop)),
    ]
}
