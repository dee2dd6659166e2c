//! Forgets what is no longer needed: contents of mails and webhooks, orders long gone.

use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use time::{Duration, OffsetDateTime};

use crate::app::App;
use crate::store::erasures;

/// Bodies, addresses and events are kept for as long as somebody may ask what became of a mail.
const KEPT: Duration = Duration::days(90);
/// An order may be refunded, and is written about then.
const ORDERS_KEPT: Duration = Duration::days(400);
/// Rows one statement forgets, so that no lock is held for long and none takes too long.
const BATCH: usize = 1_000;

/// The log keeps that a mail was sent, and forgets to whom it went and what it said.
const MAILS: &str = "UPDATE message SET address = NULL, content = NULL, rendered = NULL
    WHERE (tenant_id, id) IN (SELECT tenant_id, id FROM message
      WHERE address IS NOT NULL AND created_at < $1 AND state NOT IN ('queued', 'sending', 'ambiguous')
      LIMIT 1000 FOR UPDATE SKIP LOCKED)";
const NEWS: &str = "DELETE FROM provider_event WHERE (tenant_id, id) IN (
      SELECT tenant_id, id FROM provider_event WHERE received_at < $1 AND state <> 'received'
      LIMIT 1000 FOR UPDATE SKIP LOCKED)";
const WEBHOOKS: &str = "DELETE FROM delivery WHERE (tenant_id, id) IN (
      SELECT tenant_id, id FROM delivery WHERE created_at < $1 AND state <> 'pending'
      LIMIT 1000 FOR UPDATE SKIP LOCKED)";
const ORDERS: &str = "DELETE FROM order_seen WHERE (tenant_id, order_id) IN (
      SELECT tenant_id, order_id FROM order_seen WHERE updated_at < $1
      LIMIT 1000 FOR UPDATE SKIP LOCKED)";
const ERASED: &str = "DELETE FROM erased_order WHERE (tenant_id, order_id) IN (
      SELECT tenant_id, order_id FROM erased_order WHERE erased_at < $1
      LIMIT 1000 FOR UPDATE SKIP LOCKED)";

pub async fn run(app: App) -> anyhow::Result<()> {
    let now = app.clock.now();
    app.db
        .system("forget what goes with erased customers", async |tx| {
            erasures::forget_the_rest(tx, now).await
        })
        .await?;
    let mails = forget(&app, MAILS, now - KEPT).await?;
    let news = forget(&app, NEWS, now - KEPT).await?;
    let webhooks = forget(&app, WEBHOOKS, now - KEPT).await?;
    let orders = forget(&app, ORDERS, now - ORDERS_KEPT).await?;
    forget(&app, ERASED, now - ORDERS_KEPT).await?;
    if mails + news + webhooks + orders > 0 {
        tracing::info!(mails, news, webhooks, orders, "Old mails were forgotten");
    }
    Ok(())
}

/// Forgets what is older than `before`, a transaction for each [`BATCH`]; answers how many rows.
async fn forget(app: &App, sql: &str, before: OffsetDateTime) -> Result<usize, db::Error> {
    let mut forgotten = 0;
    loop {
        let batch = app
            .db
            .system("forget old mails", async |tx| {
                let query = diesel::sql_query(sql).bind::<Timestamptz, _>(before);
                Ok::<_, db::Error>(query.execute(&mut tx.conn()).await?)
            })
            .await?;
        forgotten += batch;
        if batch < BATCH {
            return Ok(forgotten);
        }
    }
}
