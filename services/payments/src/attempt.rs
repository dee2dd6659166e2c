//! An attempt to pay: begun with a ticket, made at Stripe, bound to its intent.

use db::TenantTx;
use http_kit::ApiError;
use kernel::charge::check_charge;
use kernel::ticket::PaymentTicket;
use kernel::{Money, PaymentId};
use time::{Duration, OffsetDateTime};

use crate::app::App;
use crate::clients::stripe::{IntentStatus, NewIntent, PaymentIntent, StripeError};
use crate::domain::fee::application_fee;
use crate::domain::payment::{DECLINES_MAX, PaymentStatus};
use crate::error::{PayError, stripe_refused};
use crate::jobs::look_up_payments::UNSEEN_FOR;
use crate::settle::{Settled, Word};
use crate::store::accounts::{self, AccountRow};
use crate::store::orders::{self, OrderRow};
use crate::store::payments::{self, PaymentRow};

const DECLINE_WINDOW: Duration = Duration::hours(1);
/// Intents of one order.
const INTENTS_MAX: usize = 10;
const LOOK_AFTER: Duration = Duration::minutes(10);

/// The order's open attempt and its intent, begun now when there is none.
pub async fn go_on(
    app: &App,
    ticket: &PaymentTicket,
    fee_bps: i32,
) -> Result<(PaymentRow, PaymentIntent), ApiError> {
    let (row, intent) = try_once(app, ticket, fee_bps).await?;
    if row.status() != PaymentStatus::Canceled {
        return Ok((row, intent));
    }
    // Stripe had given the intent up, which we just learned: the next attempt is a new one.
    try_once(app, ticket, fee_bps).await
}

async fn try_once(
    app: &App,
    ticket: &PaymentTicket,
    fee_bps: i32,
) -> Result<(PaymentRow, PaymentIntent), ApiError> {
    let row = app
        .db
        .tenant(ticket.tenant, async |tx| {
            begin(tx, app.clock.now(), ticket, fee_bps).await
        })
        .await?;
    let asked = match &row.intent_id {
        Some(id) => app.stripe.intent(&row.stripe_account, id).await,
        None => {
            let key = format!("pi:{}:{}", row.order_id, row.attempt);
            let new = new_intent(ticket, &row);
            app.stripe
                .create_intent(&row.stripe_account, &new, &key)
                .await
        }
    };
    if let (Err(StripeError::KeySpent(_)), None) = (&asked, &row.intent_id) {
        give_up(app, ticket, &row).await?;
    }
    let intent = asked.map_err(|error| stripe_refused(&error))?;
    let row = bind(app, ticket, &row, &intent).await?;
    Ok((row, intent))
}

/// The attempt to go on with: the open one, or a new one. Whoever comes second waits for the first.
async fn begin(
    tx: &mut TenantTx,
    now: OffsetDateTime,
    ticket: &PaymentTicket,
    fee_bps: i32,
) -> Result<PaymentRow, ApiError> {
    check_amount(ticket.total)?;
    let Known {
        account,
        order,
        attempts,
    } = lock(tx, ticket).await?;
    let stripe_account = account
        .filter(|account| account.charges_enabled)
        .and_then(|account| account.connected().map(str::to_owned))
        .ok_or(PayError::AccountNotReady)?;
    match order.state.as_str() {
        "paid" => return Err(PayError::AlreadyPaid.into()),
        "cancelled" => return Err(PayError::Cancelled.into()),
        _ if !order.is_for(ticket.total) => return Err(PayError::AmountChanged.into()),
        _ => {}
    }
    check_attempts(&attempts, now)?;
    let attempt = attempts.first().map_or(1, |last| last.attempt + 1);
    if let Some(mut open) = attempts.into_iter().next().filter(is_open) {
        let is_here = open.stripe_account == stripe_account;
        if is_here && open.amount() != ticket.total {
            return Err(PayError::AmountChanged.into());
        }
        if is_here && (open.intent_id.is_some() || open.created_at > now - UNSEEN_FOR) {
            return Ok(open);
        }
        // Stripe may have forgotten its key. Nobody was shown the intent's secret, so nobody pays it.
        // Or it is of an account that the store has left, where nothing can be paid any more.
        open.set_status(PaymentStatus::Canceled);
        open.updated_at = now;
        payments::save_payment(tx, &mut open).await?;
    }
    let fee = application_fee(ticket.total, u32::try_from(fee_bps).unwrap_or(0))
        .map_err(|error| ApiError::internal(&error))?;
    let row = new_attempt(ticket, (stripe_account, attempt), fee, now);
    payments::create_payment(tx, &row).await?;
    Ok(row)
}

fn is_open(row: &PaymentRow) -> bool {
    !row.status().is_final()
}

/// What is known of the order, under its lock.
struct Known {
    account: Option<AccountRow>,
    order: OrderRow,
    attempts: Vec<PaymentRow>,
}

/// In one round trip; the server runs them in this order, so the attempts are those of the locked order.
async fn lock(tx: &TenantTx, ticket: &PaymentTicket) -> Result<Known, db::Error> {
    let (account, order, attempts) = futures_util::try_join!(
        accounts::find_account(tx),
        orders::lock_or_create(tx, ticket.order, ticket.total),
        payments::list_of_order(tx, ticket.order),
    )?;
    Ok(Known {
        account,
        order,
        attempts,
    })
}

fn check_amount(total: Money) -> Result<(), PayError> {
    if total.is_zero() {
        return Err(PayError::NothingDue);
    }
    check_charge(total).map_err(|_| PayError::AmountOutOfRange)
}

fn check_attempts(attempts: &[PaymentRow], now: OffsetDateTime) -> Result<(), PayError> {
    let paid = |row: &PaymentRow| row.status() == PaymentStatus::Succeeded;
    if attempts.iter().any(paid) {
        return Err(PayError::AlreadyPaid);
    }
    let is_recent = |row: &&PaymentRow| row.declined_at.is_some_and(|at| at > now - DECLINE_WINDOW);
    let declines: i32 = attempts
        .iter()
        .filter(is_recent)
        .map(|row| row.declines)
        .sum();
    if declines >= DECLINES_MAX {
        return Err(PayError::TooManyDeclines);
    }
    let ended = |row: &&PaymentRow| row.intent_id.is_some() && row.status().is_final();
    if attempts.iter().filter(ended).count() >= INTENTS_MAX {
        return Err(PayError::TooManyAttempts);
    }
    Ok(())
}

fn new_attempt(
    ticket: &PaymentTicket,
    (stripe_account, attempt): (String, i32),
    fee: Money,
    now: OffsetDateTime,
) -> PaymentRow {
    PaymentRow {
        tenant_id: ticket.tenant.uuid(),
        id: PaymentId::new().uuid(),
        order_id: ticket.order.uuid(),
        order_number: ticket.order_number.clone(),
        attempt,
        stripe_account,
        intent_id: None,
        status: PaymentStatus::Creating.as_str().to_owned(),
        amount_minor: ticket.total.minor,
        fee_minor: fee.minor,
        refunded_minor: 0,
        currency: ticket.total.currency.to_string(),
        method: None,
        declines: 0,
        last_decline: None,
        voucher: None,
        created_at: now,
        updated_at: now,
        version: 1,
        charge_id: None,
        card_brand: None,
        card_last4: None,
        decline_id: None,
        declined_at: None,
        fee_returned_minor: 0,
        look_at: now + LOOK_AFTER,
        traceparent: ticket.traceparent.clone(),
    }
}

fn new_intent(ticket: &PaymentTicket, row: &PaymentRow) -> NewIntent {
    NewIntent {
        amount: row.amount(),
        fee_minor: row.fee_minor,
        tenant: ticket.tenant.to_string(),
        order: ticket.order.to_string(),
        order_number: row.order_number.clone(),
        payment: row.id.to_string(),
        receipt_email: Some(ticket.email.to_string()),
    }
}

/// Stripe failed and will say so under this key for a day. If the intent was made all the same,
/// nobody was shown its secret: the next request begins another attempt.
async fn give_up(app: &App, ticket: &PaymentTicket, row: &PaymentRow) -> Result<(), ApiError> {
    let now = app.clock.now();
    app.db
        .tenant(ticket.tenant, async |tx| {
            let found = payments::lock_payment(tx, row.payment_id()).await?;
            let Some(mut row) = found.filter(|row| row.status() == PaymentStatus::Creating) else {
                return Ok(());
            };
            row.set_status(PaymentStatus::Canceled);
            row.updated_at = now;
            Ok(payments::save_payment(tx, &mut row).await?)
        })
        .await
}

/// Stores which intent it is, before its secret is shown to anybody. A webhook may have been faster,
/// or an intent that was begun long ago may have gone on: then Stripe's word is taken as always.
async fn bind(
    app: &App,
    ticket: &PaymentTicket,
    row: &PaymentRow,
    intent: &PaymentIntent,
) -> Result<PaymentRow, ApiError> {
    let id = row.payment_id();
    let is_new = row.intent_id.is_none() && intent.status == IntentStatus::RequiresPaymentMethod;
    if is_new {
        let bound = app
            .db
            .tenant(ticket.tenant, async |tx| {
                payments::save_intent(tx, id, &intent.id, app.clock.now()).await
            })
            .await?;
        if let Some(row) = bound {
            return Ok(row);
        }
    }
    let account = row.stripe_account.as_str();
    let settled = app.settle(ticket.tenant, account, Word::of(intent)).await?;
    if let Settled::Mismatch(difference) = settled {
        // Raised as a break; nobody may pay it.
        return Err(ApiError::internal(&difference));
    }
    let found = app
        .db
        .read(ticket.tenant, async |tx| {
            payments::find_payment(tx, id).await
        })
        .await?;
    found.ok_or_else(|| ApiError::not_found("payment-not-found"))
}
