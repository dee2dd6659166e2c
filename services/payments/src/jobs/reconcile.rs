//! Compares what we know with what Stripe says, and repairs what a lost webhook left behind.

use std::time::Duration as StdDuration;

use kernel::{PaymentId, TenantId};
use time::Duration;

use crate::app::App;
use crate::settle::{Settled, Settling, settle_intent};
use crate::store::payments;

const EVERY: StdDuration = StdDuration::from_secs(60);
/// A payment without news for this long is looked up.
const SILENCE: Duration = Duration::minutes(10);
const BATCH: i64 = 200;

pub async fn run(app: &App) {
    loop {
        tokio::time::sleep(EVERY).await;
        match reconcile(app).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "{count} silent payments were compared with Stripe"),
            Err(error) => {
                tracing::warn!(error = %error, "Payments could not be compared with Stripe")
            }
        }
    }
}

/// Looks up the payments that have been silent; answers how many.
pub async fn reconcile(app: &App) -> Result<usize, db::Error> {
    let before = app.clock.now() - SILENCE;
    let silent = app
        .db
        .system("find silent payments", async |tx| {
            payments::list_silent(tx, before, BATCH).await
        })
        .await?;
    for (tenant, id) in &silent {
        if let Err(error) = look_up(app, *tenant, *id).await {
            tracing::warn!(tenant.id = %tenant, payment.id = %id, error = format!("{error:#}"), "A payment could not be compared");
        }
    }
    Ok(silent.len())
}

/// Asks Stripe how the payment stands and applies it.
pub async fn look_up(app: &App, tenant: TenantId, id: PaymentId) -> anyhow::Result<()> {
    let row = app
        .db
        .tenant(tenant, async |tx| payments::lock_payment(tx, id).await)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let Some(intent) = row.intent_id.as_deref() else {
        return Ok(());
    };
    let said = app.stripe.intent(&row.stripe_account, intent).await?;
    let at = Settling {
        now: app.clock.now(),
        live_mode: app.live_mode,
    };
    app.db
        .tenant(tenant, async |tx| {
            if settle_intent(tx, at, &said).await? == Settled::Applied
                && let Some(mut row) = payments::lock_payment(tx, id).await?
                && !row.status().is_final()
            {
                // Looked at now: it goes to the end of the queue.
                row.updated_at = at.now;
                payments::save_payment(tx, &mut row).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    Ok(())
}
