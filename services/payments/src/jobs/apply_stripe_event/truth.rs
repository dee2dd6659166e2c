//! Reads from Stripe how things are now: an event may be late, repeated or out of order.

use anyhow::{Context, ensure};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::App;
use crate::clients::stripe::{Account, Dispute, Event, PaymentIntent, Refund, Stripe, StripeError};
use crate::domain::webhook::{Topic, is_id};
use crate::store::accounts;
use crate::store::webhooks::WebhookRow;

/// What must be known before the transaction begins.
pub(super) enum Truth {
    Intent {
        now: Box<PaymentIntent>,
        /// As it was when the event was made.
        then: Box<PaymentIntent>,
        kind: String,
    },
    Refunds {
        intent: Box<PaymentIntent>,
        refunds: Vec<Refund>,
        /// What went back of the platform's fee, where there is one.
        fee_returned: Option<i64>,
    },
    Dispute {
        intent: Box<PaymentIntent>,
        dispute: Box<Dispute>,
    },
    /// With the version of the row before Stripe was asked.
    Account {
        said: Box<Account>,
        seen: i64,
    },
    AccountGone {
        seen: i64,
    },
    Nothing,
}

pub(super) async fn fetch(app: &App, row: &WebhookRow, account: &str) -> anyhow::Result<Truth> {
    // Without the cause, which may repeat the shopper's data.
    let event: Event = serde_json::from_slice(&row.payload)
        .ok()
        .context("the event is unreadable")?;
    let object = &event.data.object;
    match Topic::of(&row.kind) {
        Topic::Intent => intent(&app.stripe, account, object, &row.kind).await,
        Topic::Refund => refunds(&app.stripe, account, object).await,
        Topic::Dispute => dispute(&app.stripe, account, object).await,
        Topic::Account => of_account(app, row, account).await,
        Topic::Nothing => Ok(Truth::Nothing),
    }
}

async fn intent(
    stripe: &Stripe,
    account: &str,
    object: &Value,
    kind: &str,
) -> anyhow::Result<Truth> {
    let then: PaymentIntent = read(object)?;
    let now = stripe.intent(account, &then.id).await?;
    ensure!(now.id == then.id, "Stripe answered another intent");
    Ok(Truth::Intent {
        now: Box::new(now),
        then: Box::new(then),
        kind: kind.to_owned(),
    })
}

/// The object is a refund, or a charge that was refunded.
async fn refunds(stripe: &Stripe, account: &str, object: &Value) -> anyhow::Result<Truth> {
    let Some(id) = text(object, "payment_intent") else {
        return Ok(Truth::Nothing);
    };
    let intent = stripe.intent(account, &id).await?;
    let refunds = stripe.refunds(account, &id).await?;
    let charge = intent.latest_charge.as_ref();
    let fee = charge.and_then(|charge| charge.application_fee.clone());
    let fee_returned = match fee {
        Some(fee) => Some(stripe.application_fee(&fee).await?.amount_refunded),
        None => None,
    };
    Ok(Truth::Refunds {
        intent: Box::new(intent),
        refunds,
        fee_returned,
    })
}

async fn dispute(stripe: &Stripe, account: &str, object: &Value) -> anyhow::Result<Truth> {
    let id = text(object, "id").context("the event's dispute has no id")?;
    let dispute = stripe.dispute(account, &id).await?;
    let Some(intent) = dispute.payment_intent.as_deref() else {
        return Ok(Truth::Nothing);
    };
    let intent = stripe.intent(account, intent).await?;
    Ok(Truth::Dispute {
        intent: Box::new(intent),
        dispute: Box::new(dispute),
    })
}

/// Also when the event says that the store has disconnected: it may have come back since.
async fn of_account(app: &App, row: &WebhookRow, account: &str) -> anyhow::Result<Truth> {
    let known = app
        .db
        .read(row.tenant(), async |tx| accounts::find_account(tx).await)
        .await?;
    let Some(seen) = known.map(|known| known.version) else {
        return Ok(Truth::Nothing);
    };
    match app.stripe.account(account).await {
        Ok(said) => Ok(Truth::Account {
            said: Box::new(said),
            seen,
        }),
        Err(StripeError::AccountGone) => Ok(Truth::AccountGone { seen }),
        Err(error) => Err(error.into()),
    }
}

fn read<T: DeserializeOwned>(object: &Value) -> anyhow::Result<T> {
    serde_json::from_value(object.clone())
        .ok()
        .context("the event's object is unreadable")
}

/// An id, or that of the object in its place.
fn text(object: &Value, name: &str) -> Option<String> {
    let value = object.get(name)?;
    let id = value
        .as_str()
        .or_else(|| value.get("id").and_then(Value::as_str))?;
    is_id(id).then(|| id.to_owned())
}
