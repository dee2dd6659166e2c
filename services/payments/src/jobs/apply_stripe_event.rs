//! A stored event of Stripe's takes effect, once.

mod hands;
mod truth;

use std::time::Duration as StdDuration;

use anyhow::bail;
use db::TenantTx;
use futures_util::future::join_all;
use kernel::TenantId;
use serde_json::json;
use time::Duration;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::clients::stripe::StripeError;
use crate::domain::signature::Endpoint;
use crate::intake;
use crate::settle::{
    Settled, Settling, Word, settle_account, settle_account_gone, settle_dispute, settle_intent,
    settle_refunds,
};
use crate::store::webhooks::{self, APPLIED, FAILED, IGNORED, MISMATCH, WebhookRow};
use crate::store::{accounts, breaks};
pub use hands::{Handed, Hands};
use truth::Truth;

/// Events that are applied at once: most of the service's connections are left to those who wait for an
/// answer, and an answer of Stripe's that is long in coming holds up one of these.
const HANDS: usize = 6;
/// Events that are taken from the table at once.
const BATCH: usize = 16;
const LOOK_EVERY: StdDuration = StdDuration::from_secs(1);
/// What a process that dies had leased is taken up by another after this. Calls for an event may take
/// longer; one that is taken again all the same takes effect once.
pub const LEASE: Duration = Duration::seconds(30);
/// However long Stripe has been away, its events are applied soon after it is back.
const PAUSE_MAX: Duration = Duration::seconds(60);
/// Attempts at what nothing but a person can mend.
const ATTEMPTS_MAX: i32 = 12;
/// Attempts at what may be stored in a moment: an intent's answer, a new store's account.
const PATIENCE: i32 = 5;

/// Applies events as they arrive, until it is told to stop; then those that this process has leased.
pub async fn run(app: &App, stop: &CancellationToken) {
    app.hands.set_at_work(true);
    let hands = join_all((0..HANDS).map(|_| keep_applying(app, stop)));
    tokio::join!(hands, stop.run_until_cancelled(keep_looking(app)));
    app.hands.set_at_work(false);
    while let Some(row) = app.hands.left().await {
        apply_logged(app, &row).await;
    }
}

async fn keep_applying(app: &App, stop: &CancellationToken) {
    while let Some(Some(row)) = stop.run_until_cancelled(app.hands.next()).await {
        // One whose lease is over is somebody else's by now.
        if row.retry_at > app.clock.now() {
            apply_logged(app, &row).await;
        }
    }
}

/// Finds events that no process has leased: of one that ended, that only answers, or had its hands
/// full; and those whose time to be tried again has come.
async fn keep_looking(app: &App) {
    loop {
        match lease_waiting(app).await {
            Ok(true) => {}
            Ok(false) => {
                let woken = app.webhook_wake.notified();
                let _ = tokio::time::timeout(LOOK_EVERY, woken).await;
            }
            Err(error) => {
                tracing::warn!(error = %error, "Stripe's events could not be read");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

/// Leases some of what waits now to free hands; answers whether there may be more.
async fn lease_waiting(app: &App) -> Result<bool, db::Error> {
    let places: Vec<Handed> = (0..BATCH).map_while(|_| app.hands.reserve()).collect();
    let limit = i64::try_from(places.len()).unwrap_or(0);
    if limit == 0 {
        return Ok(false);
    }
    let now = app.clock.now();
    let rows = app
        .db
        .system("take webhook events to apply", async |tx| {
            webhooks::claim_waiting(tx, now, LEASE, limit).await
        })
        .await?;
    let is_full = rows.len() == places.len();
    for (place, row) in places.into_iter().zip(rows) {
        place.hand(row);
    }
    Ok(is_full)
}

async fn apply_logged(app: &App, row: &WebhookRow) {
    let Err(error) = apply_one(app, row).await else {
        return;
    };
    tracing::warn!(tenant.id = %row.tenant(), event = row.event_id, error = format!("{error:#}"), "An event of Stripe's could not be applied yet");
    if let Err(error) = postpone(app, row, &error).await {
        tracing::warn!(error = %error, "An event of Stripe's could not be postponed");
    }
}

async fn apply_one(app: &App, row: &WebhookRow) -> anyhow::Result<()> {
    let crossed = (row.endpoint == Endpoint::Connect.as_str()) != row.account.is_some();
    if crossed {
        let note = "signed with the other endpoint's secret";
        return Ok(refuse(app, row, note, &row.event_id).await?);
    }
    let Some(account) = row.account.as_deref() else {
        return Ok(ignore(app, row, "the platform's own").await?);
    };
    if row.livemode != app.live_mode {
        return of_other_mode(app, row).await;
    }
    if row.tenant() == TenantId::PLATFORM {
        return find_store(app, row, account).await;
    }
    let truth = match truth::fetch(app, row, account).await {
        Ok(truth) => truth,
        Err(error) => match error.downcast_ref::<StripeError>() {
            // What Stripe does not know at this account, an event cannot make true.
            Some(StripeError::Refused { status: 404, .. }) => {
                let note = "Stripe does not know the object at this account";
                return Ok(refuse(app, row, note, &row.event_id).await?);
            }
            _ => return Err(error),
        },
    };
    settle(app, row, account, &truth).await
}

/// A live endpoint is told of test payments too, as Stripe documents; a test endpoint that hears of
/// real money is a mistake that somebody must mend.
async fn of_other_mode(app: &App, row: &WebhookRow) -> anyhow::Result<()> {
    if app.live_mode {
        return Ok(ignore(app, row, "of test mode").await?);
    }
    Ok(refuse(app, row, "of live mode", &row.event_id).await?)
}

/// The event of a store whose account was made a moment ago may have been faster than our commit.
async fn find_store(app: &App, row: &WebhookRow, account: &str) -> anyhow::Result<()> {
    let found = app
        .db
        .system("find the store of an event's account", async |tx| {
            let Some(tenant) = accounts::find_tenant(tx, account).await? else {
                return Ok(false);
            };
            webhooks::move_event(tx, row, tenant).await?;
            Ok::<_, db::Error>(true)
        })
        .await?;
    if found {
        app.webhook_wake.notify_one();
        return Ok(());
    }
    if row.attempts < PATIENCE {
        bail!("the account is no store's yet");
    }
    // Once for the account, not for each of its events.
    Ok(refuse(app, row, "the account is no store's", account).await?)
}

/// The effect and the end of the event are one transaction.
async fn settle(app: &App, row: &WebhookRow, account: &str, truth: &Truth) -> anyhow::Result<()> {
    let at = app.settling(account);
    app.db
        .tenant(row.tenant(), async |tx| {
            if !webhooks::finish_event(tx, row, APPLIED, None, at.now).await? {
                return Ok(());
            }
            match settle_truth(tx, at, truth).await? {
                Settled::Applied => Ok(()),
                Settled::NotOurs => {
                    let note = "not about anything of ours";
                    Ok(webhooks::save_outcome(tx, row, IGNORED, note).await?)
                }
                Settled::NotYet if row.attempts < PATIENCE => {
                    bail!("what it is about is not stored yet")
                }
                Settled::NotYet => raise(tx, row, "it names what we do not know").await,
                Settled::Mismatch(note) => raise(tx, row, &note).await,
            }
        })
        .await
}

async fn settle_truth(
    tx: &mut TenantTx,
    at: Settling<'_>,
    truth: &Truth,
) -> Result<Settled, db::Error> {
    match truth {
        Truth::Intent { now, then, kind } => {
            settle_intent(tx, at, Word::of_event(now, then, kind)).await
        }
        Truth::Refunds {
            intent,
            refunds,
            fee_returned,
        } => match settle_intent(tx, at, Word::of(intent)).await? {
            Settled::Applied => settle_refunds(tx, at, &intent.id, refunds, *fee_returned).await,
            other => Ok(other),
        },
        Truth::Dispute { intent, dispute } => {
            match settle_intent(tx, at, Word::of(intent)).await? {
                Settled::Applied => settle_dispute(tx, at, dispute).await,
                other => Ok(other),
            }
        }
        Truth::Account { said, seen } => settle_account(tx, at, said, *seen).await,
        Truth::AccountGone { seen } => settle_account_gone(tx, at, *seen).await,
        Truth::Nothing => Ok(Settled::NotOurs),
    }
}

/// Genuine, and not what we asked for: recorded and raised, never applied.
async fn raise(tx: &TenantTx, row: &WebhookRow, note: &str) -> anyhow::Result<()> {
    let detail = json!({ "event": row.event_id, "type": row.kind, "note": note });
    breaks::create_break(tx, "webhook", &row.event_id, &detail).await?;
    Ok(webhooks::save_outcome(tx, row, MISMATCH, note).await?)
}

async fn refuse(app: &App, row: &WebhookRow, note: &str, subject: &str) -> Result<(), db::Error> {
    let now = app.clock.now();
    let detail = json!({ "event": row.event_id, "type": row.kind, "note": note });
    app.db
        .tenant(row.tenant(), async |tx| {
            if webhooks::finish_event(tx, row, MISMATCH, Some(note), now).await? {
                breaks::create_break(tx, "webhook", subject, &detail).await?;
            }
            Ok(())
        })
        .await
}

async fn ignore(app: &App, row: &WebhookRow, note: &str) -> Result<(), db::Error> {
    let now = app.clock.now();
    app.db
        .tenant(row.tenant(), async |tx| {
            webhooks::finish_event(tx, row, IGNORED, Some(note), now).await?;
            Ok(())
        })
        .await
}

/// Later again, less often each time. Trouble of Stripe's or of the database passes by itself; of
/// anything else a person must be told in the end.
async fn postpone(app: &App, row: &WebhookRow, error: &anyhow::Error) -> Result<(), db::Error> {
    let now = app.clock.now();
    let why = intake::note(&format!("{error:#}"));
    app.db
        .tenant(row.tenant(), async |tx| {
            if passes(error) || row.attempts < ATTEMPTS_MAX {
                let pause = Duration::seconds(1_i64 << row.attempts.clamp(0, 6)).min(PAUSE_MAX);
                return webhooks::postpone_event(tx, row, &why, now + pause).await;
            }
            if webhooks::finish_event(tx, row, FAILED, Some(&why), now).await? {
                let detail = json!({ "event": row.event_id, "type": row.kind, "note": why });
                breaks::create_break(tx, "webhook", &row.event_id, &detail).await?;
            }
            Ok(())
        })
        .await
}

/// Whether it is trouble that ends without anybody changing anything.
fn passes(error: &anyhow::Error) -> bool {
    if let Some(error) = error.downcast_ref::<StripeError>() {
        return error.is_transient();
    }
    let error = error.downcast_ref::<db::Error>();
    error.is_some_and(|error| {
        error.is_unavailable() || error.is_retryable() || error.is_lock_timeout()
    })
}
