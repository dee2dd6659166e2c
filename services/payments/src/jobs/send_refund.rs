//! Asks Stripe to give money back.

use std::time::Duration as StdDuration;

use kernel::{RefundId, TenantId};
use time::Duration;

use crate::app::App;
use crate::clients::stripe::{NewRefund, Refund, RefundStatus, StripeError};
use crate::settle::{Settling, settle_refund};
use crate::store::payments::{self, PaymentRow};
use crate::store::refunds::{self, RefundRow};

const BATCH: i64 = 50;
const LOOK_EVERY: StdDuration = StdDuration::from_secs(1);

pub async fn run(app: &App) {
    loop {
        match send_waiting(app).await {
            Ok(0) => {
                let _ = tokio::time::timeout(LOOK_EVERY, app.refund_wake.notified()).await;
            }
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
    for (tenant, id) in &waiting {
        if let Err(error) = send_one(app, *tenant, *id).await {
            tracing::warn!(tenant.id = %tenant, refund.id = %id, error = format!("{error:#}"), "A refund could not be sent yet");
        }
    }
    Ok(waiting.len())
}

async fn send_one(app: &App, tenant: TenantId, id: RefundId) -> anyhow::Result<()> {
    let found = app
        .db
        .tenant(tenant, async |tx| {
            let Some(mut row) = refunds::lock_refund(tx, id).await? else {
                return Ok(None);
            };
            if row.status != "requested" {
                return Ok(None);
            }
            // Moved on before the call: a crash in it, or another worker, comes back later.
            row.attempts += 1;
            row.retry_at = app.clock.now() + Duration::seconds(1_i64 << row.attempts.clamp(2, 11));
            refunds::save_refund(tx, &mut row).await?;
            let payment = payments::lock_payment(tx, row.payment_id.into()).await?;
            Ok::<_, db::Error>(payment.map(|payment| (row, payment)))
        })
        .await?;
    let Some((row, payment)) = found else {
        return Ok(());
    };
    let answer = ask(app, &row, &payment).await?;
    let at = Settling {
        now: app.clock.now(),
        live_mode: app.live_mode,
    };
    app.db
        .tenant(tenant, async |tx| {
            settle_refund(tx, at, &payment, &answer).await.map(|_| ())
        })
        .await?;
    Ok(())
}

/// The refund as Stripe has it. A refusal is an answer too: the refund failed.
async fn ask(app: &App, row: &RefundRow, payment: &PaymentRow) -> Result<Refund, StripeError> {
    let new = NewRefund {
        intent: payment.intent_id.clone().unwrap_or_default(),
        amount_minor: row.amount_minor,
        refund: row.id.to_string(),
        returns_fee: payment.fee_minor > 0,
    };
    let key = format!("refund:{}", row.id);
    match app
        .stripe
        .create_refund(&payment.stripe_account, &new, &key)
        .await
    {
        Err(StripeError::Refused { code, .. }) => Ok(Refund {
            id: format!("refused:{}", row.id),
            amount: row.amount_minor,
            currency: row.currency.to_lowercase(),
            status: Some(RefundStatus::Failed),
            payment_intent: payment.intent_id.clone(),
            failure_reason: Some(code),
            metadata: Some([("refund_id".to_owned(), row.id.to_string())].into()),
        }),
        answer => answer,
    }
}
