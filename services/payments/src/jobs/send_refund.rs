//! Asks Stripe to give money back.

use std::time::Duration as StdDuration;

use futures_util::future::join_all;
use kernel::{RefundId, TenantId};
use serde_json::json;
use time::Duration;

use crate::app::App;
use crate::clients::stripe::{NewRefund, Refund, StripeError};
use crate::domain::refund::RefundStatus;
use crate::settle::{Settled, fail_refund, settle_one_refund};
use crate::store::breaks;
use crate::store::payments::{self, PaymentRow};
use crate::store::refunds::{self, RefundRow};

const BATCH: i64 = 48;
const CONCURRENCY: usize = 4;
const LOOK_EVERY: StdDuration = StdDuration::from_secs(1);
/// However long Stripe has been away, a refund goes out soon after it is back.
const PAUSE_MAX: Duration = Duration::seconds(60);

/// Sends refunds as they are asked for, until it is told to stop.
pub async fn run(app: &App) {
    loop {
        match send_waiting(app).await {
            Ok(0) => tokio::time::sleep(LOOK_EVERY).await,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "Refunds could not be read");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// Sends what waits now; answers how many refunds were taken up.
pub async fn send_waiting(app: &App) -> Result<usize, db::Error> {
    let now = app.clock.now();
    let waiting = app
        .db
        .system("find refunds to send", async |tx| {
            refunds::list_unsent(tx, now, BATCH).await
        })
        .await?;
    for group in waiting.chunks(CONCURRENCY) {
        join_all(
            group
                .iter()
                .map(|(tenant, id)| send_logged(app, *tenant, *id)),
        )
        .await;
    }
    Ok(waiting.len())
}

async fn send_logged(app: &App, tenant: TenantId, id: RefundId) {
    if let Err(error) = send_one(app, tenant, id).await {
        tracing::warn!(tenant.id = %tenant, refund.id = %id, error = format!("{error:#}"), "A refund could not be sent yet");
    }
}

async fn send_one(app: &App, tenant: TenantId, id: RefundId) -> anyhow::Result<()> {
    let Some((row, payment)) = claim(app, tenant, id).await? else {
        return Ok(());
    };
    match ask(app, &row, &payment).await {
        Ok(said) => settle(app, tenant, &payment, &said).await,
        Err(StripeError::KeySpent(why)) => {
            use_another_key(app, tenant, id).await?;
            anyhow::bail!(StripeError::KeySpent(why))
        }
        Err(error) if error.is_transient() => Err(error.into()),
        Err(refusal) => {
            tracing::error!(tenant.id = %tenant, refund.id = %id, error = %refusal, "Stripe refuses a refund");
            refuse(app, tenant, id, &code_of(&refusal), &payment).await
        }
    }
}

/// The refund, when its turn is now. The next turn is noted before the call, so that a crash in it
/// or another worker comes back later.
async fn claim(
    app: &App,
    tenant: TenantId,
    id: RefundId,
) -> Result<Option<(RefundRow, PaymentRow)>, db::Error> {
    let now = app.clock.now();
    app.db
        .tenant(tenant, async |tx| {
            let found = refunds::lock_refund(tx, id).await?;
            let waits =
                |row: &RefundRow| row.status() == RefundStatus::Requested && row.retry_at <= now;
            let Some(mut row) = found.filter(waits) else {
                return Ok(None);
            };
            row.attempts += 1;
            row.retry_at =
                now + Duration::seconds(1_i64 << row.attempts.clamp(2, 6)).min(PAUSE_MAX);
            refunds::save_refund(tx, &mut row).await?;
            let payment = payments::find_payment(tx, row.payment_id.into()).await?;
            Ok(payment.map(|payment| (row, payment)))
        })
        .await
}

/// The refund as Stripe has it. After a try whose answer was not seen it is looked for first: Stripe
/// forgets a key after a day, and remembers a failure of its own with it.
async fn ask(app: &App, row: &RefundRow, payment: &PaymentRow) -> Result<Refund, StripeError> {
    let intent = payment.intent_id.clone().unwrap_or_default();
    let (account, ours) = (payment.stripe_account.as_str(), row.id.to_string());
    if row.attempts > 1 {
        let known = app.stripe.refunds(account, &intent).await?;
        let is_ours = |refund: &Refund| refund.metadata.get("refund_id") == Some(&ours);
        if let Some(found) = known.into_iter().find(is_ours) {
            return Ok(found);
        }
    }
    let new = NewRefund {
        intent,
        amount_minor: row.amount_minor,
        refund: ours,
        returns_fee: row.returns_fee && payment.fee_minor > 0,
    };
    let key = format!("refund:{}:{}", row.id, row.key_number);
    app.stripe.create_refund(account, &new, &key).await
}

async fn settle(
    app: &App,
    tenant: TenantId,
    payment: &PaymentRow,
    said: &Refund,
) -> anyhow::Result<()> {
    let (id, at) = (payment.payment_id(), app.settling(&payment.stripe_account));
    app.db
        .tenant(tenant, async |tx| {
            let Some(mut payment) = payments::lock_payment(tx, id).await? else {
                return Ok(());
            };
            let settled = settle_one_refund(tx, at, &mut payment, said).await?;
            if let Settled::Mismatch(note) = settled {
                let detail = json!({ "refund": said.id, "note": note });
                breaks::create_break(tx, "refund_mismatch", &said.id, &detail).await?;
            }
            Ok::<_, db::Error>(())
        })
        .await?;
    Ok(())
}

async fn use_another_key(app: &App, tenant: TenantId, id: RefundId) -> Result<(), db::Error> {
    app.db
        .tenant(tenant, async |tx| {
            if let Some(mut row) = refunds::lock_refund(tx, id).await? {
                row.key_number += 1;
                refunds::save_refund(tx, &mut row).await?;
            }
            Ok(())
        })
        .await
}

async fn refuse(
    app: &App,
    tenant: TenantId,
    id: RefundId,
    code: &str,
    payment: &PaymentRow,
) -> anyhow::Result<()> {
    let at = app.settling(&payment.stripe_account);
    app.db
        .tenant(tenant, async |tx| fail_refund(tx, at, id, code).await)
        .await?;
    Ok(())
}

/// Why it failed, for those who must see to it now.
fn code_of(refusal: &StripeError) -> String {
    match refusal {
        StripeError::Refused { code, .. } => code.clone(),
        StripeError::Declined(decline) => decline.code.clone(),
        StripeError::AccountGone => "account_invalid".into(),
        StripeError::KeyRefused
        | StripeError::Busy(_)
        | StripeError::Unavailable(_)
        | StripeError::Indeterminate(_)
        | StripeError::KeySpent(_) => "unknown".into(),
    }
}
