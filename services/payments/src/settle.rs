//! Taking Stripe's word: the one place where a payment, a refund or a dispute changes.
//!
//! Each function is given the object as Stripe has it now and runs in the transaction that also
//! records why it was called. Called twice, the second time changes nothing.

use bus::emit;
use db::{Error, TenantTx};
use events::payments::v1;
use events::to_us;
use kernel::{Currency, Money, OrderId, RefundId, TenantId};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::clients::stripe::{Dispute, IntentStatus, PaymentIntent, Refund, RefundStatus};
use crate::domain::payment::{Outcome, PaymentStatus, Report, apply};
use crate::store::breaks;
use crate::store::disputes::{self, DisputeRow};
use crate::store::ledger::{self, Posting};
use crate::store::payments::{self, PaymentRow};
use crate::store::refunds::{self, RefundRow};
use crate::tell;

/// Under which circumstances something is settled.
#[derive(Clone, Copy, Debug)]
pub struct Settling {
    pub now: OffsetDateTime,
    pub live_mode: bool,
}

/// What became of a word of Stripe's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    Applied,
    /// Not about anything of ours.
    NotOurs,
    /// Genuine, but not what we asked for.
    Mismatch(String),
}

/// Applies what Stripe says of an intent to the attempt it belongs to.
pub async fn settle_intent(
    tx: &mut TenantTx,
    at: Settling,
    intent: &PaymentIntent,
) -> Result<Settled, Error> {
    let written = intent
        .metadata
        .get("payment_id")
        .and_then(|id| Uuid::parse_str(id).ok());
    let Some(found) = payments::find_by_intent(tx, &intent.id, written).await? else {
        return Ok(Settled::NotOurs);
    };
    let Some(mut row) = payments::lock_payment(tx, found.payment_id()).await? else {
        return Ok(Settled::NotOurs);
    };
    if let Some(difference) = difference(&row, at, intent) {
        let detail = json!({ "intent": intent.id, "difference": difference });
        breaks::create_break(tx, "intent_mismatch", &intent.id, &detail).await?;
        return Ok(Settled::Mismatch(difference));
    }
    let before = row.status();
    let (status, outcome) = apply(before, row.amount(), &report(&row, intent));
    let bound = row.intent_id.as_deref() == Some(intent.id.as_str());
    if outcome == Outcome::Nothing && status == before && bound {
        return Ok(Settled::Applied);
    }
    row.intent_id = Some(intent.id.clone());
    row.status = status.as_str().to_owned();
    row.updated_at = at.now;
    row.method = method(intent).or(row.method);
    follow(tx, at, &mut row, intent, outcome).await?;
    Ok(Settled::Applied)
}

/// Stores the attempt and tells what happened.
async fn follow(
    tx: &mut TenantTx,
    at: Settling,
    row: &mut PaymentRow,
    intent: &PaymentIntent,
    outcome: Outcome,
) -> Result<(), Error> {
    let tenant = tx.tenant();
    match outcome {
        Outcome::Succeeded => succeed(tx, at, row).await,
        Outcome::Declined => {
            let error = intent.last_payment_error.clone().unwrap_or_default();
            row.declines += 1;
            row.last_decline = error.decline_code.clone().or(error.code.clone());
            payments::save_payment(tx, row).await?;
            let event = v1::PaymentFailed {
                tenant_id: tenant.to_string(),
                payment: Some(tell::payment(row, at.live_mode)),
                code: error.code.unwrap_or_default(),
                decline_code: error.decline_code.unwrap_or_default(),
            };
            emit(tx, &event).await
        }
        Outcome::Waiting => {
            let voucher = voucher(intent);
            row.voucher = voucher.as_ref().map(|v| {
                json!({
                    "entity": v.entity, "reference": v.reference,
                    "expires_at_us": v.expires_at_us, "hosted_url": v.hosted_url,
                })
            });
            payments::save_payment(tx, row).await?;
            let event = v1::PaymentRequiresAction {
                tenant_id: tenant.to_string(),
                payment: Some(tell::payment(row, at.live_mode)),
                action: intent
                    .next_action
                    .as_ref()
                    .map(|a| a.kind.clone())
                    .unwrap_or_default(),
                voucher,
            };
            emit(tx, &event).await
        }
        Outcome::Processing => {
            payments::save_payment(tx, row).await?;
            let payment = Some(tell::payment(row, at.live_mode));
            emit(
                tx,
                &v1::PaymentProcessing {
                    tenant_id: tenant.to_string(),
                    payment,
                },
            )
            .await
        }
        Outcome::Canceled => {
            payments::save_payment(tx, row).await?;
            let event = v1::PaymentCanceled {
                tenant_id: tenant.to_string(),
                payment: Some(tell::payment(row, at.live_mode)),
                reason: String::new(),
            };
            emit(tx, &event).await
        }
        Outcome::Nothing => payments::save_payment(tx, row).await,
        Outcome::Mismatch => {
            let detail = json!({ "intent": intent.id, "received": intent.amount_received, "due": row.amount_minor });
            breaks::create_break(tx, "amount_received", &intent.id, &detail).await
        }
    }
}

/// The money is there. A second payment of an order goes back by itself.
async fn succeed(tx: &mut TenantTx, at: Settling, row: &mut PaymentRow) -> Result<(), Error> {
    let tenant = tx.tenant();
    let order = OrderId::from_uuid(row.order_id);
    let others = payments::list_of_order(tx, order).await?;
    let is_second = others
        .iter()
        .any(|other| other.id != row.id && other.status() == PaymentStatus::Succeeded);
    payments::save_payment(tx, row).await?;
    let posting = Posting {
        transaction: format!("payment:{}", row.id),
        payment: row.id,
        amount: row.amount(),
        fee: row.fee(),
        back: false,
    };
    ledger::create_entries(tx, &posting).await?;
    if is_second {
        refunds::create_refund(tx, &second_payment_refund(tenant, row, at.now)).await?;
        return Ok(());
    }
    let event = v1::PaymentSucceeded {
        tenant_id: tenant.to_string(),
        payment: Some(tell::payment(row, at.live_mode)),
        succeeded_at_us: to_us(at.now),
    };
    emit(tx, &event).await
}

fn second_payment_refund(tenant: TenantId, row: &PaymentRow, now: OffsetDateTime) -> RefundRow {
    RefundRow {
        tenant_id: tenant.uuid(),
        id: RefundId::new().uuid(),
        payment_id: row.id,
        order_id: row.order_id,
        stripe_refund: None,
        origin: "second_payment".into(),
        status: "requested".into(),
        amount_minor: row.amount_minor,
        currency: row.currency.clone(),
        reason: "duplicate".into(),
        failure: None,
        attempts: 0,
        retry_at: now,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

/// What of a genuine intent is not what we asked for, in words for the operator.
pub fn difference(row: &PaymentRow, at: Settling, intent: &PaymentIntent) -> Option<String> {
    let order = row.order_id.to_string();
    let bound = row.intent_id.as_deref();
    if intent.amount != row.amount_minor {
        Some(format!(
            "amount {} instead of {}",
            intent.amount, row.amount_minor
        ))
    } else if intent.currency.to_uppercase() != row.currency {
        Some(format!(
            "currency {} instead of {}",
            intent.currency, row.currency
        ))
    } else if intent
        .metadata
        .get("order_id")
        .is_some_and(|said| *said != order)
    {
        Some("it names another order".into())
    } else if intent.livemode != at.live_mode {
        Some("it is of another mode (live or test)".into())
    } else if bound.is_some_and(|bound| bound != intent.id) {
        Some("the attempt has another intent".into())
    } else {
        None
    }
}

fn report(row: &PaymentRow, intent: &PaymentIntent) -> Report {
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
    let received = Money::new(intent.amount_received, row.currency());
    Report {
        status,
        received,
        declined: intent.last_payment_error.is_some(),
    }
}

fn method(intent: &PaymentIntent) -> Option<String> {
    match intent.payment_method_types.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn voucher(intent: &PaymentIntent) -> Option<v1::Voucher> {
    let details = intent
        .next_action
        .as_ref()?
        .multibanco_display_details
        .clone()?;
    Some(v1::Voucher {
        entity: details.entity.unwrap_or_default(),
        reference: details.reference.unwrap_or_default(),
        expires_at_us: details
            .expires_at
            .unwrap_or_default()
            .saturating_mul(1_000_000),
        hosted_url: details.hosted_voucher_url.unwrap_or_default(),
    })
}

/// Applies what Stripe says of a refund: ours, or one that the merchant made in Stripe's dashboard.
pub async fn settle_refund(
    tx: &mut TenantTx,
    at: Settling,
    payment: &PaymentRow,
    said: &Refund,
) -> Result<Settled, Error> {
    let Some(mut payment) = payments::lock_payment(tx, payment.payment_id()).await? else {
        return Ok(Settled::NotOurs);
    };
    let Some(mut row) = lock_or_adopt(tx, at, &payment, said).await? else {
        return Ok(Settled::Mismatch("a refund of more than was paid".into()));
    };
    let status = match said.status {
        Some(RefundStatus::Succeeded) => "succeeded",
        Some(RefundStatus::Failed | RefundStatus::Canceled) => "failed",
        _ => "pending",
    };
    if row.stripe_refund.is_some() && (row.status == status || row.status == "failed") {
        return Ok(Settled::Applied);
    }
    let was = std::mem::replace(&mut row.status, status.to_owned());
    row.stripe_refund = Some(said.id.clone());
    row.failure = said.failure_reason.clone();
    row.updated_at = at.now;
    refunds::save_refund(tx, &mut row).await?;
    match (was.as_str(), status) {
        ("succeeded", "failed") => take_back(tx, at, &mut payment, &row).await?,
        (_, "succeeded") => give_back(tx, at, &mut payment, &row).await?,
        (_, "failed") => tell_failed(tx, &row).await?,
        _ => {}
    }
    Ok(Settled::Applied)
}

/// The refund's row: by Stripe's id, by the id we wrote into it, or made for one that we never saw.
async fn lock_or_adopt(
    tx: &mut TenantTx,
    at: Settling,
    payment: &PaymentRow,
    said: &Refund,
) -> Result<Option<RefundRow>, Error> {
    if let Some(row) = refunds::lock_by_stripe(tx, &said.id).await? {
        return Ok(Some(row));
    }
    let metadata = said.metadata.as_ref();
    let written = metadata
        .and_then(|m| m.get("refund_id"))
        .and_then(|id| id.parse().ok());
    if let Some(id) = written
        && let Some(row) = refunds::lock_refund(tx, id).await?
        && row.payment_id == payment.id
        && row.amount_minor == said.amount
    {
        return Ok(Some(row));
    }
    let refunded = refunds::sum_of_payment(tx, payment.id).await?;
    if said.amount + refunded > payment.amount_minor {
        let detail = json!({ "refund": said.id, "amount": said.amount, "refunded": refunded });
        breaks::create_break(tx, "refund_exceeds_payment", &said.id, &detail).await?;
        return Ok(None);
    }
    let row = RefundRow {
        origin: "dashboard".into(),
        status: "pending".into(),
        amount_minor: said.amount,
        reason: "dashboard".into(),
        ..second_payment_refund(tx.tenant(), payment, at.now)
    };
    refunds::create_refund(tx, &row).await?;
    Ok(Some(row))
}

async fn give_back(
    tx: &mut TenantTx,
    at: Settling,
    payment: &mut PaymentRow,
    row: &RefundRow,
) -> Result<(), Error> {
    move_refunded(tx, at, payment, row, true).await?;
    if row.origin == "second_payment" {
        return Ok(());
    }
    let event = v1::RefundSucceeded {
        tenant_id: tx.tenant().to_string(),
        refund: Some(tell::refund(row)),
        total_refunded: Some(Money::new(payment.refunded_minor, payment.currency()).into()),
    };
    emit(tx, &event).await
}

/// A refund that had succeeded failed days later: the money is the store's again.
async fn take_back(
    tx: &mut TenantTx,
    at: Settling,
    payment: &mut PaymentRow,
    row: &RefundRow,
) -> Result<(), Error> {
    move_refunded(tx, at, payment, row, false).await?;
    tell_failed(tx, row).await
}

async fn move_refunded(
    tx: &mut TenantTx,
    at: Settling,
    payment: &mut PaymentRow,
    row: &RefundRow,
    back: bool,
) -> Result<(), Error> {
    let change = if back {
        row.amount_minor
    } else {
        -row.amount_minor
    };
    let before = payment.refunded_minor;
    payment.refunded_minor = before + change;
    payment.updated_at = at.now;
    payments::save_payment(tx, payment).await?;
    // The fee returns in proportion; what the whole so far rounds to, less what went before, so
    // that refunds of parts return exactly the fee of the whole.
    let share = |refunded: i64| {
        payment
            .fee()
            .scale(refunded, payment.amount_minor)
            .map(|m| m.minor)
    };
    let (low, high) = (
        before.min(payment.refunded_minor),
        before.max(payment.refunded_minor),
    );
    let fee = share(high).unwrap_or(0) - share(low).unwrap_or(0);
    let kind = if back { "refund" } else { "refund_failed" };
    let currency: Currency = payment.currency();
    let posting = Posting {
        transaction: format!("{kind}:{}", row.id),
        payment: payment.id,
        amount: Money::new(row.amount_minor, currency),
        fee: Money::new(fee, currency),
        back,
    };
    ledger::create_entries(tx, &posting).await
}

async fn tell_failed(tx: &mut TenantTx, row: &RefundRow) -> Result<(), Error> {
    if row.origin == "second_payment" {
        let detail = json!({ "refund": row.id, "failure": row.failure });
        return breaks::create_break(
            tx,
            "second_payment_not_refunded",
            &row.id.to_string(),
            &detail,
        )
        .await;
    }
    let event = v1::RefundFailed {
        tenant_id: tx.tenant().to_string(),
        refund: Some(tell::refund(row)),
        code: row.failure.clone().unwrap_or_default(),
    };
    emit(tx, &event).await
}

/// Applies a dispute's newest word; one that was closed is not opened again by a late event.
pub async fn settle_dispute(
    tx: &mut TenantTx,
    at: Settling,
    said: &Dispute,
) -> Result<Settled, Error> {
    let intent = said.payment_intent.as_deref().unwrap_or_default();
    let Some(payment) = payments::find_by_intent(tx, intent, None).await? else {
        return Ok(Settled::NotOurs);
    };
    let known = disputes::lock_dispute(tx, &said.id).await?;
    if known
        .as_ref()
        .is_some_and(|known| known.closed || known.status == said.status)
    {
        return Ok(Settled::Applied);
    }
    let closed = matches!(
        said.status.as_str(),
        "won" | "lost" | "warning_closed" | "prevented"
    );
    let row = DisputeRow {
        tenant_id: tx.tenant().uuid(),
        stripe_dispute: said.id.clone(),
        payment_id: payment.id,
        order_id: payment.order_id,
        status: said.status.clone(),
        reason: said.reason.clone(),
        amount_minor: said.amount,
        currency: said.currency.to_uppercase(),
        due_by: due_by(said),
        closed,
        version: known.as_ref().map_or(1, |known| known.version + 1),
    };
    disputes::save_dispute(tx, &row).await?;
    let tenant_id = tx.tenant().to_string();
    if known.is_none() {
        let dispute = Some(tell::dispute(&row, to_us(at.now), 0));
        emit(
            tx,
            &v1::DisputeOpened {
                tenant_id: tenant_id.clone(),
                dispute,
            },
        )
        .await?;
    }
    if closed {
        let dispute = Some(tell::dispute(&row, 0, to_us(at.now)));
        emit(tx, &v1::DisputeClosed { tenant_id, dispute }).await?;
    }
    Ok(Settled::Applied)
}

/// Stripe writes 0 where no answer is possible.
fn due_by(said: &Dispute) -> Option<OffsetDateTime> {
    let seconds = said
        .evidence_details
        .as_ref()?
        .due_by
        .filter(|seconds| *seconds > 0)?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}
