//! Compares unfinished payments with Stripe: what a lost webhook left behind is made up for.

use bus::emit;
use events::payments::v1::PaymentCanceled;
use kernel::{PaymentId, TenantId};
use time::Duration;

use crate::app::App;
use crate::clients::stripe::StripeError;
use crate::domain::payment::PaymentStatus;
use crate::jobs::cancel_intent::CancelIntent;
use crate::settle::{Word, next_look};
use crate::store::orders;
use crate::store::payments::{self, PaymentRow};
use crate::tell;

const BATCH: i64 = 200;
/// An attempt whose answer from Stripe was never seen is given up after this: its intent's secret
/// was never shown to anybody, so nobody can pay it.
pub const UNSEEN_FOR: Duration = Duration::hours(23);
/// An order that ended unpaid may still be paid for this long by a page that is open somewhere.
const PAYABLE_AFTER_END: Duration = Duration::hours(24);

pub async fn run(app: App) -> anyhow::Result<()> {
    let count = look_up_silent(&app).await?;
    if count > 0 {
        tracing::info!(count, "{count} silent payments were compared with Stripe");
    }
    Ok(())
}

/// Looks up the payments whose time has come; answers how many.
pub async fn look_up_silent(app: &App) -> Result<usize, db::Error> {
    let now = app.clock.now();
    let silent = app
        .db
        .system("find silent payments", async |tx| {
            payments::list_silent(tx, now, BATCH).await
        })
        .await?;
    for (tenant, id) in &silent {
        if let Err(error) = look_up(app, *tenant, *id).await {
            tracing::warn!(tenant.id = %tenant, payment.id = %id, error = format!("{error:#}"), "A payment could not be compared with Stripe");
        }
    }
    Ok(silent.len())
}

/// Asks Stripe how the payment stands and applies it.
pub async fn look_up(app: &App, tenant: TenantId, id: PaymentId) -> anyhow::Result<()> {
    let found = app
        .db
        .tenant(tenant, async |tx| {
            let Some(row) = payments::find_payment(tx, id).await? else {
                return Ok(None);
            };
            // Noted before the call: one that fails must not be looked up at every look.
            payments::save_look_at(tx, id, next_look(&row, app.clock.now())).await?;
            Ok::<_, db::Error>(Some(row))
        })
        .await?;
    let Some(row) = found.filter(|row| !row.status().is_final()) else {
        return Ok(());
    };
    let Some(intent) = row.intent_id.as_deref() else {
        return Ok(give_up_unseen(app, tenant, &row).await?);
    };
    let account = row.stripe_account.as_str();
    let said = match app.stripe.intent(account, intent).await {
        Err(StripeError::AccountGone) => return Ok(end_with_account(app, tenant, id).await?),
        said => said?,
    };
    app.settle(tenant, account, Word::of(&said)).await?;
    Ok(end_with_order(app, tenant, id).await?)
}

async fn give_up_unseen(app: &App, tenant: TenantId, row: &PaymentRow) -> Result<(), db::Error> {
    let now = app.clock.now();
    if row.created_at > now - UNSEEN_FOR {
        return Ok(());
    }
    app.db
        .tenant(tenant, async |tx| {
            let found = payments::lock_payment(tx, row.payment_id()).await?;
            let Some(mut row) = found.filter(|row| row.status() == PaymentStatus::Creating) else {
                return Ok(());
            };
            row.set_status(PaymentStatus::Canceled);
            row.updated_at = now;
            payments::save_payment(tx, &mut row).await
        })
        .await
}

/// Nobody can be asked about an attempt whose account is no longer connected, nor can a shopper pay
/// it here. Should its success be told one day, it is applied all the same.
async fn end_with_account(app: &App, tenant: TenantId, id: PaymentId) -> Result<(), db::Error> {
    let now = app.clock.now();
    app.db
        .tenant(tenant, async |tx| {
            let found = payments::lock_payment(tx, id).await?;
            let Some(mut row) = found.filter(|row| !row.status().is_final()) else {
                return Ok(());
            };
            row.set_status(PaymentStatus::Canceled);
            row.updated_at = now;
            payments::save_payment(tx, &mut row).await?;
            let event = PaymentCanceled {
                tenant_id: tx.tenant().to_string(),
                payment: Some(tell::payment(&row, app.live_mode)),
                reason: "account_disconnected".into(),
            };
            emit(tx, &event).await
        })
        .await
}

/// The intent of an order that ended long ago is ended too, so that it is not looked up for ever.
async fn end_with_order(app: &App, tenant: TenantId, id: PaymentId) -> Result<(), db::Error> {
    let before = app.clock.now() - PAYABLE_AFTER_END;
    app.db
        .tenant(tenant, async |tx| {
            let found = payments::find_payment(tx, id).await?;
            let old = found.filter(|row| !row.status().is_final() && row.created_at < before);
            let Some(row) = old else { return Ok(()) };
            if orders::is_cancelled(tx, row.order()).await? {
                CancelIntent::enqueue(tx, &row).await?;
            }
            Ok(())
        })
        .await
}
