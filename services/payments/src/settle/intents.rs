//! What Stripe says of an intent becomes the state of the attempt it belongs to.

use bus::{Outgoing, emit};
use db::{Error, TenantTx};
use events::payments::v1;
use events::to_us;
use kernel::{Money, RefundId, TenantId};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use tracing::Instrument;
use uuid::Uuid;

use super::{Settled, Settling};
use crate::clients::stripe::{IntentStatus, PaymentError, PaymentIntent};
use crate::domain::payment::{DECLINES_MAX, Outcome, PaymentStatus, Report, apply};
use crate::jobs::cancel_intent::CancelIntent;
use crate::store::ledger::{self, Movement};
use crate::store::orders;
use crate::store::payments::{self, PaymentRow};
use crate::store::refunds::{self, RefundRow};
use crate::tell;

const LOOK_AFTER_MIN: Duration = Duration::minutes(10);
const LOOK_AFTER_MAX: Duration = Duration::hours(12);

/// An intent as Stripe has it now, and the event that was the reason to look.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    now: &'a PaymentIntent,
    /// As it was when the event was made.
    then: Option<&'a PaymentIntent>,
    /// The failed try that is told: by an event, or by the intent as it is.
    failure: Option<&'a PaymentError>,
}

impl<'a> Word<'a> {
    pub fn of(now: &'a PaymentIntent) -> Self {
        let waits = now.status == IntentStatus::RequiresPaymentMethod;
        let failure = now.last_payment_error.as_ref().filter(|_| waits);
        Self {
            now,
            then: None,
            failure,
        }
    }

    pub fn id(&self) -> &'a str {
        &self.now.id
    }

    /// Each failed try has an event of its own, whatever happened since: so none is overlooked.
    pub fn of_event(now: &'a PaymentIntent, then: &'a PaymentIntent, kind: &str) -> Self {
        let of_now = Self::of(now);
        let failure = match kind {
            "payment_intent.payment_failed" => then.last_payment_error.as_ref(),
            _ => of_now.failure,
        };
        Self {
            then: Some(then),
            failure,
            ..of_now
        }
    }
}

/// Applies what Stripe says of an intent to the attempt it belongs to.
pub async fn settle_intent(
    tx: &mut TenantTx,
    at: Settling<'_>,
    word: Word<'_>,
) -> Result<Settled, Error> {
    let intent = word.now;
    let written = intent.metadata.get("payment_id");
    let written = written.and_then(|id| Uuid::parse_str(id).ok());
    let Some(row) = payments::lock_by_intent(tx, &intent.id, written).await? else {
        return Ok(of_nobody(tx.tenant(), intent));
    };
    let of_checkout = row.traceparent.clone();
    let settling = settle_attempt(tx, at, word, row);
    match of_checkout.filter(|_| telemetry::traces()) {
        Some(traceparent) => {
            let span = telemetry::span_from_traceparent("settle payment", Some(&traceparent));
            settling.instrument(span).await
        }
        None => settling.await,
    }
}

/// Applies it to the attempt, which is locked.
async fn settle_attempt(
    tx: &mut TenantTx,
    at: Settling<'_>,
    word: Word<'_>,
    mut row: PaymentRow,
) -> Result<Settled, Error> {
    let intent = word.now;
    let then = word.then.and_then(|then| difference(&row, at, then));
    if let Some(difference) = then.or_else(|| difference(&row, at, intent)) {
        return Ok(Settled::Mismatch(difference));
    }
    let voucher = voucher(intent);
    let report = report(&row, intent, voucher.as_ref());
    let (status, outcome) = apply(row.status(), row.amount(), &report);
    if outcome == Outcome::Mismatch {
        let (received, due) = (intent.amount_received, row.amount_minor);
        let difference = format!("{received} was received instead of {due}");
        return Ok(Settled::Mismatch(difference));
    }
    let failure = new_failure(&row, word.failure);
    if outcome == Outcome::Nothing && failure.is_none() && knows(&row, status, intent) {
        return Ok(Settled::Applied);
    }
    learn(&mut row, at, status, intent);
    row.voucher = voucher.as_ref().map(stored);
    if let Some(failure) = &failure {
        count(&mut row, at, failure);
    }
    payments::save_payment(tx, &mut row).await?;
    if let Some(failure) = &failure {
        tell_failure(tx, at, &row, failure).await?;
    }
    follow(tx, at, &row, intent, outcome).await?;
    Ok(Settled::Applied)
}

/// An intent that no attempt of this store has. What carries another store's name was put into the
/// wrong account by somebody.
fn of_nobody(tenant: TenantId, intent: &PaymentIntent) -> Settled {
    match intent.metadata.get("tenant_id") {
        Some(named) if *named == tenant.to_string() => Settled::NotYet,
        Some(_) => Settled::Mismatch("it names another store".into()),
        None => Settled::NotOurs,
    }
}

/// What of a genuine intent is not what we asked for, in words for the operator.
fn difference(row: &PaymentRow, at: Settling<'_>, intent: &PaymentIntent) -> Option<String> {
    let fee = intent.application_fee_amount.unwrap_or(0);
    let names = |name: &str, id: Uuid| intent.metadata.get(name) == Some(&id.to_string());
    let bound = row.intent_id.as_deref();
    if row.stripe_account != at.account {
        Some("it is of another account".into())
    } else if intent.amount != row.amount_minor {
        let (said, due) = (intent.amount, row.amount_minor);
        Some(format!("amount {said} instead of {due}"))
    } else if intent.currency.to_uppercase() != row.currency {
        let (said, due) = (&intent.currency, &row.currency);
        Some(format!("currency {said} instead of {due}"))
    } else if fee != row.fee_minor {
        Some(format!("fee {fee} instead of {}", row.fee_minor))
    } else if !names("order_id", row.order_id) {
        Some("it names another order".into())
    } else if !names("tenant_id", row.tenant_id) {
        Some("it names another store".into())
    } else if intent.livemode != at.live_mode {
        Some("it is of another mode (live or test)".into())
    } else if bound.is_some_and(|bound| bound != intent.id) {
        Some("the attempt has another intent".into())
    } else {
        None
    }
}

fn report(row: &PaymentRow, intent: &PaymentIntent, voucher: Option<&v1::Voucher>) -> Report {
    let status = match &intent.status {
        IntentStatus::RequiresPaymentMethod | IntentStatus::RequiresConfirmation => {
            PaymentStatus::RequiresPaymentMethod
        }
        IntentStatus::RequiresAction => PaymentStatus::RequiresAction,
        IntentStatus::RequiresCapture | IntentStatus::Processing => PaymentStatus::Processing,
        IntentStatus::Succeeded => PaymentStatus::Succeeded,
        IntentStatus::Canceled => PaymentStatus::Canceled,
        IntentStatus::Unknown(_) => row.status(),
    };
    Report {
        status,
        received: Money::new(intent.amount_received, row.currency()),
        asks_anew: voucher.map(stored) != row.voucher,
    }
}

/// A failed try that was not counted yet.
struct Failure<'a> {
    error: &'a PaymentError,
    id: String,
}

/// Its charge names a try, or the method that was tried.
fn new_failure<'a>(row: &PaymentRow, error: Option<&'a PaymentError>) -> Option<Failure<'a>> {
    let error = error?;
    let names = [&error.charge, &error.payment_method, &error.code];
    let id = names.into_iter().flatten().next()?.clone();
    let is_new = row.decline_id.as_ref() != Some(&id) && !row.status().is_final();
    is_new.then_some(Failure { error, id })
}

/// Whether the attempt would be stored as it is.
fn knows(row: &PaymentRow, status: PaymentStatus, intent: &PaymentIntent) -> bool {
    let method = method(intent);
    row.status() == status
        && row.intent_id.as_deref() == Some(intent.id.as_str())
        && (method.is_none() || row.method == method)
}

fn learn(row: &mut PaymentRow, at: Settling<'_>, status: PaymentStatus, intent: &PaymentIntent) {
    row.intent_id = Some(intent.id.clone());
    row.set_status(status);
    row.updated_at = at.now;
    row.look_at = next_look(row, at.now);
    if let Some(method) = method(intent) {
        let card = intent
            .payment_method
            .as_ref()
            .and_then(|method| method.card.clone());
        row.method = Some(method);
        row.card_brand = card.as_ref().map(|card| card.brand.clone());
        row.card_last4 = card.map(|card| card.last4);
    }
    if let Some(charge) = &intent.latest_charge {
        row.charge_id = Some(charge.id.clone());
    }
}

/// The longer an attempt has been silent, the less often it is compared with Stripe.
pub fn next_look(row: &PaymentRow, now: OffsetDateTime) -> OffsetDateTime {
    let quarter: Duration = (now - row.created_at) / 4;
    now + quarter.clamp(LOOK_AFTER_MIN, LOOK_AFTER_MAX)
}

fn method(intent: &PaymentIntent) -> Option<String> {
    let chosen = intent.payment_method.as_ref()?;
    (!chosen.kind.is_empty()).then(|| chosen.kind.clone())
}

fn count(row: &mut PaymentRow, at: Settling<'_>, failure: &Failure<'_>) {
    let error = failure.error;
    row.declines += 1;
    row.decline_id = Some(failure.id.clone());
    row.declined_at = Some(at.now);
    row.last_decline = error.decline_code.clone().or(error.code.clone());
}

/// After too many failed tries the intent is given up at Stripe itself: a browser that tests cards
/// speaks with Stripe, not with us.
async fn tell_failure(
    tx: &mut TenantTx,
    at: Settling<'_>,
    row: &PaymentRow,
    failure: &Failure<'_>,
) -> Result<(), Error> {
    if row.declines >= DECLINES_MAX && !row.status().is_final() {
        CancelIntent::enqueue(tx, row).await?;
    }
    let event = v1::PaymentFailed {
        tenant_id: tx.tenant().to_string(),
        payment: Some(tell::payment(row, at.live_mode)),
        code: failure.error.code.clone().unwrap_or_default(),
        decline_code: failure.error.decline_code.clone().unwrap_or_default(),
    };
    emit(tx, &event).await
}

/// Tells what happened, and does what follows from it.
async fn follow(
    tx: &mut TenantTx,
    at: Settling<'_>,
    row: &PaymentRow,
    intent: &PaymentIntent,
    outcome: Outcome,
) -> Result<(), Error> {
    let tenant_id = tx.tenant().to_string();
    let payment = Some(tell::payment(row, at.live_mode));
    match outcome {
        Outcome::Succeeded => succeed(tx, at, row).await,
        Outcome::Waiting => {
            let action = intent.next_action.as_ref();
            let action = action.map(|action| action.kind.clone()).unwrap_or_default();
            let voucher = voucher(intent);
            let event = v1::PaymentRequiresAction {
                tenant_id,
                payment,
                action,
                voucher,
            };
            emit(tx, &event).await
        }
        Outcome::Processing => emit(tx, &v1::PaymentProcessing { tenant_id, payment }).await,
        Outcome::Canceled => {
            let reason = intent.cancellation_reason.clone().unwrap_or_default();
            let event = v1::PaymentCanceled {
                tenant_id,
                payment,
                reason,
            };
            emit(tx, &event).await
        }
        Outcome::Nothing | Outcome::Mismatch => Ok(()),
    }
}

/// The money is there. A second payment of an order goes back by itself.
async fn succeed(tx: &mut TenantTx, at: Settling<'_>, row: &PaymentRow) -> Result<(), Error> {
    // Two payments of one order that arrive at the same moment are one after the other from here on.
    let (_, mut others) = futures_util::try_join!(
        orders::lock_order(tx, row.order()),
        payments::list_of_order(tx, row.order()),
    )?;
    others.retain(|other| other.id != row.id);
    for other in &others {
        if !other.status().is_final() && other.intent_id.is_some() {
            CancelIntent::enqueue(tx, other).await?;
        }
    }
    let movement = Movement::Payment {
        amount: row.amount(),
        fee: row.fee(),
    };
    let name = format!("payment:{}", row.id);
    let entries = ledger::create_entries(tx, row.id, &name, movement);
    let paid = |other: &PaymentRow| other.status() == PaymentStatus::Succeeded;
    if others.iter().any(paid) {
        let (id, why) = (RefundId::new(), (refunds::SECOND_PAYMENT, "duplicate"));
        let back = RefundRow::requested(row, id, why, row.amount_minor, at.now);
        futures_util::try_join!(entries, refunds::create_refund(tx, &back))?;
        return Ok(());
    }
    let mut told = Outgoing::of(tx);
    told.add(&v1::PaymentSucceeded {
        tenant_id: tx.tenant().to_string(),
        payment: Some(tell::payment(row, at.live_mode)),
        succeeded_at_us: to_us(at.now),
    });
    futures_util::try_join!(entries, told.emit(tx))?;
    tx.mark_emitted();
    Ok(())
}

/// A Multibanco voucher that waits to be paid.
fn voucher(intent: &PaymentIntent) -> Option<v1::Voucher> {
    if intent.status != IntentStatus::RequiresAction {
        return None;
    }
    let action = intent.next_action.as_ref()?;
    let details = action.multibanco_display_details.clone()?;
    let expires_at = details.expires_at.unwrap_or_default();
    Some(v1::Voucher {
        entity: details.entity.unwrap_or_default(),
        reference: details.reference.unwrap_or_default(),
        expires_at_us: expires_at.saturating_mul(1_000_000),
        hosted_url: details.hosted_voucher_url.unwrap_or_default(),
    })
}

fn stored(voucher: &v1::Voucher) -> Value {
    json!({
        "entity": voucher.entity, "reference": voucher.reference,
        "expires_at_us": voucher.expires_at_us, "hosted_url": voucher.hosted_url,
    })
}
