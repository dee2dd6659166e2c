//! A stored webhook event takes effect, once.

use std::time::Duration as StdDuration;

use anyhow::{Context, bail};
use db::TenantTx;
use kernel::TenantId;
use serde_json::Value;
use time::Duration;

use crate::app::App;
use crate::clients::stripe::{Account, Dispute, Event, PaymentIntent, Refund, StripeError};
use crate::settle::{self, Settled, Settling, settle_dispute, settle_intent, settle_refund};
use crate::store::payments::{self, PaymentRow};
use crate::store::webhooks::{self, WebhookKey, WebhookRow};
use crate::store::{accounts, breaks};
use crate::tell;

const BATCH: i64 = 100;
/// How many events are worked on at once; most of the time is spent waiting for Stripe.
const CONCURRENCY: usize = 8;
const ATTEMPTS_MAX: i32 = 12;
const LOOK_EVERY: StdDuration = StdDuration::from_secs(1);

/// Applies events as they arrive, until it is told to stop.
pub async fn run(app: &App) {
    loop {
        match apply_waiting(app).await {
            Ok(0) => {
                let woken = app.webhook_wake.notified();
                let _ = tokio::time::timeout(LOOK_EVERY, woken).await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "Stripe's events could not be read");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// Applies what waits now; answers how many events were taken up.
pub async fn apply_waiting(app: &App) -> Result<usize, db::Error> {
    let now = app.clock.now();
    let keys = app
        .db
        .system("find webhook events to apply", async |tx| {
            webhooks::list_waiting(tx, now, BATCH).await
        })
        .await?;
    for group in keys.chunks(CONCURRENCY) {
        let work = group.iter().map(|key| apply_logged(app, key));
        futures_util::future::join_all(work).await;
    }
    Ok(keys.len())
}

async fn apply_logged(app: &App, key: &WebhookKey) {
    if let Err(error) = apply_one(app, key).await {
        tracing::warn!(tenant.id = %key.tenant, event = key.event_id, error = format!("{error:#}"), "An event of Stripe's could not be applied yet");
        if let Err(error) = postpone(app, key, &format!("{error:#}")).await {
            tracing::warn!(error = %error, "An event of Stripe's could not be postponed");
        }
    }
}

/// What must be known from Stripe before the transaction begins.
enum Truth {
    Intent {
        said_in_event: Box<PaymentIntent>,
        now: Box<PaymentIntent>,
    },
    Refunds {
        intent: String,
        refunds: Vec<Refund>,
    },
    Dispute(Box<Dispute>),
    Account(Box<Account>),
    Deauthorized,
    Nothing,
}

async fn apply_one(app: &App, key: &WebhookKey) -> anyhow::Result<()> {
    let stored = app
        .db
        .read(key.tenant, async |tx| webhooks::find_event(tx, key).await)
        .await?;
    let Some(stored) = stored.filter(|row| row.state == "received") else {
        return Ok(());
    };
    let event: Event = match serde_json::from_slice(&stored.payload) {
        Ok(event) => event,
        Err(cause) => {
            return finish(app, key, "failed", Some(format!("unreadable: {cause}"))).await;
        }
    };
    if let Some(note) = refusal(app, key.tenant, &stored) {
        return refuse(app, key, note).await;
    }
    let truth = match fetch(app, &event).await {
        Err(error) => match error.downcast_ref::<StripeError>() {
            // What Stripe does not know, an event cannot make true.
            Some(StripeError::Refused { status: 404, .. }) => {
                return refuse(app, key, "Stripe does not know the object".into()).await;
            }
            _ => return Err(error),
        },
        Ok(truth) => truth,
    };
    let at = Settling {
        now: app.clock.now(),
        live_mode: app.live_mode,
    };
    let is_young = stored.attempts < 3;
    app.db
        .tenant(key.tenant, async |tx| {
            let Some(mut row) = webhooks::lock_waiting(tx, key).await? else {
                return Ok(());
            };
            let settled = settle_truth(app, tx, at, &truth).await?;
            if settled == Settled::NotOurs && is_young && names_our_payment(&truth, key.tenant) {
                bail!("the payment it is about is not stored yet");
            }
            (row.state, row.note) = match settled {
                Settled::Applied => ("applied".into(), None),
                Settled::NotOurs => ("ignored".into(), Some("not about anything of ours".into())),
                Settled::Mismatch(note) => ("mismatch".into(), Some(note)),
            };
            row.attempts += 1;
            row.retry_at = at.now;
            Ok(webhooks::save_state(tx, &row).await?)
        })
        .await?;
    app.refund_wake.notify_one();
    Ok(())
}

/// Why an event must not be applied whatever it says.
fn refusal(app: &App, tenant: TenantId, stored: &WebhookRow) -> Option<String> {
    let crossed = (stored.endpoint == "connect") != stored.account.is_some();
    if crossed {
        Some("signed with the other endpoint's secret".into())
    } else if tenant == TenantId::PLATFORM && stored.account.is_some() {
        Some("the account is no store's".into())
    } else if stored.livemode != app.live_mode {
        Some("of another mode (live or test)".into())
    } else {
        None
    }
}

async fn refuse(app: &App, key: &WebhookKey, note: String) -> anyhow::Result<()> {
    let detail = serde_json::json!({ "event": key.event_id, "note": note });
    app.db
        .tenant(key.tenant, async |tx| {
            breaks::create_break(tx, "webhook", &key.event_id, &detail).await
        })
        .await?;
    finish(app, key, "mismatch", Some(note)).await
}

async fn finish(
    app: &App,
    key: &WebhookKey,
    state: &str,
    note: Option<String>,
) -> anyhow::Result<()> {
    let now = app.clock.now();
    app.db
        .tenant(key.tenant, async |tx| {
            let Some(mut row) = webhooks::lock_waiting(tx, key).await? else {
                return Ok(());
            };
            row.state = state.to_owned();
            row.note = note;
            row.attempts += 1;
            row.retry_at = now;
            webhooks::save_state(tx, &row).await
        })
        .await?;
    Ok(())
}

/// Later again, less often each time; after the last attempt a person must look.
async fn postpone(app: &App, key: &WebhookKey, why: &str) -> Result<(), db::Error> {
    let now = app.clock.now();
    app.db
        .tenant(key.tenant, async |tx| {
            let Some(mut row) = webhooks::lock_waiting(tx, key).await? else {
                return Ok(());
            };
            row.attempts += 1;
            row.note = Some(why.to_owned());
            let seconds = 1_i64 << row.attempts.clamp(0, 10);
            row.retry_at = now + Duration::seconds(seconds);
            if row.attempts >= ATTEMPTS_MAX {
                row.state = "failed".into();
                let detail = serde_json::json!({ "event": key.event_id, "note": why });
                breaks::create_break(tx, "webhook_failed", &key.event_id, &detail).await?;
            }
            webhooks::save_state(tx, &row).await
        })
        .await
}

/// Reads from Stripe how things are now: an event may be late, repeated or out of order.
async fn fetch(app: &App, event: &Event) -> anyhow::Result<Truth> {
    let Some(account) = event.account.as_deref() else {
        return Ok(Truth::Nothing);
    };
    let object = &event.data.object;
    let stripe = &app.stripe;
    let (family, rest) = event.kind.split_once('.').unwrap_or((&event.kind, ""));
    Ok(match (family, rest) {
        ("payment_intent", _) => {
            let said: PaymentIntent = read(object)?;
            let now = stripe.intent(account, &said.id).await?;
            Truth::Intent {
                said_in_event: Box::new(said),
                now: Box::new(now),
            }
        }
        ("charge", "refunded") | ("refund", _) | ("charge", "refund.updated") => {
            let Some(intent) = text(object, "payment_intent") else {
                return Ok(Truth::Nothing);
            };
            let refunds = stripe.refunds(account, &intent).await?.data;
            Truth::Refunds { intent, refunds }
        }
        ("charge", rest) if rest.starts_with("dispute.") => Truth::Dispute(Box::new(read(object)?)),
        ("account", "application.deauthorized") => Truth::Deauthorized,
        ("account", "updated") | ("capability", "updated") => match stripe.account(account).await {
            Err(StripeError::NotAllowed { .. }) => Truth::Deauthorized,
            said => Truth::Account(Box::new(said?)),
        },
        _ => Truth::Nothing,
    })
}

fn read<T: serde::de::DeserializeOwned>(object: &Value) -> anyhow::Result<T> {
    serde_json::from_value(object.clone()).context("the event's object is not readable")
}

fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name).and_then(Value::as_str).map(str::to_owned)
}

async fn settle_truth(
    app: &App,
    tx: &mut TenantTx,
    at: Settling,
    truth: &Truth,
) -> anyhow::Result<Settled> {
    Ok(match truth {
        Truth::Intent { said_in_event, now } => {
            if let Some(difference) = claimed_difference(tx, at, said_in_event).await? {
                let detail = serde_json::json!({ "intent": now.id, "difference": difference });
                breaks::create_break(tx, "event_mismatch", &now.id, &detail).await?;
                return Ok(Settled::Mismatch(difference));
            }
            settle_intent(tx, at, now).await?
        }
        Truth::Refunds { intent, refunds } => settle_refunds(tx, at, intent, refunds).await?,
        Truth::Dispute(said) => settle_dispute(tx, at, said).await?,
        Truth::Account(said) => {
            accounts::save_account(tx, said).await?;
            tell_account(app, tx).await?;
            Settled::Applied
        }
        Truth::Deauthorized => {
            accounts::save_deauthorized(tx).await?;
            tell_account(app, tx).await?;
            Settled::Applied
        }
        Truth::Nothing => Settled::NotOurs,
    })
}

/// An event that is genuine but speaks of another amount, currency, order or mode than we asked
/// for is not applied, even when Stripe's present state would fit.
async fn claimed_difference(
    tx: &TenantTx,
    at: Settling,
    said: &PaymentIntent,
) -> Result<Option<String>, db::Error> {
    let found: Option<PaymentRow> = payments::find_by_intent(tx, &said.id, None).await?;
    Ok(found.and_then(|row| settle::difference(&row, at, said)))
}

async fn settle_refunds(
    tx: &mut TenantTx,
    at: Settling,
    intent: &str,
    said: &[Refund],
) -> Result<Settled, db::Error> {
    let Some(payment) = payments::find_by_intent(tx, intent, None).await? else {
        return Ok(Settled::NotOurs);
    };
    let mut worst = Settled::Applied;
    for refund in said {
        let settled = settle_refund(tx, at, &payment, refund).await?;
        if settled != Settled::Applied {
            worst = settled;
        }
    }
    Ok(worst)
}

/// Tells everybody what the account can do now.
pub async fn tell_account(app: &App, tx: &mut TenantTx) -> Result<(), db::Error> {
    let Some(row) = accounts::find_account(tx).await? else {
        return Ok(());
    };
    let at_us = events::to_us(app.clock.now());
    let event = tell::account(tx.tenant(), &row, app.live_mode, at_us);
    bus::emit(tx, &event).await
}

/// Whether an intent claims to be ours: then it may only be that its answer is not stored yet.
fn names_our_payment(truth: &Truth, tenant: TenantId) -> bool {
    match truth {
        Truth::Intent { now, .. } => now
            .metadata
            .get("tenant_id")
            .is_some_and(|said| *said == tenant.to_string()),
        Truth::Refunds { .. } => true,
        _ => false,
    }
}
