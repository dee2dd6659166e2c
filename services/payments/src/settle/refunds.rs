//! What Stripe says of the refunds of a payment.

use bus::emit;
use db::{Error, TenantTx};
use events::payments::v1;
use kernel::{Money, RefundId};
use serde_json::json;

use super::{Settled, Settling};
use crate::clients::stripe::{self, Refund};
use crate::domain::payment::PaymentStatus;
use crate::domain::refund::{Outcome, RefundStatus, apply};
use crate::store::breaks;
use crate::store::ledger::{self, Movement};
use crate::store::payments::{self, PaymentRow};
use crate::store::refunds::{self, RefundRow};
use crate::tell;

/// Applies what Stripe says of all refunds of an intent, and of the platform's fee that went back
/// with them.
pub async fn settle_refunds(
    tx: &mut TenantTx,
    at: Settling<'_>,
    intent: &str,
    said: &[Refund],
    fee_returned: Option<i64>,
) -> Result<Settled, Error> {
    let Some(mut payment) = payments::lock_by_intent(tx, intent, None).await? else {
        return Ok(Settled::NotOurs);
    };
    let mut worst = Settled::Applied;
    for refund in said {
        match settle_one_refund(tx, at, &mut payment, refund).await? {
            Settled::Applied => {}
            other => worst = other,
        }
    }
    if let Some(total) = fee_returned {
        return_fee(tx, at, &mut payment, total).await?;
    }
    Ok(worst)
}

/// Applies what Stripe says of one refund of a locked payment: ours, or one that the merchant made
/// in Stripe's dashboard.
pub async fn settle_one_refund(
    tx: &mut TenantTx,
    at: Settling<'_>,
    payment: &mut PaymentRow,
    said: &Refund,
) -> Result<Settled, Error> {
    if payment.stripe_account != at.account {
        return Ok(Settled::Mismatch("it is of another account".into()));
    }
    if payment.status() != PaymentStatus::Succeeded {
        return Ok(Settled::NotYet);
    }
    let fits = (1..=payment.amount_minor).contains(&said.amount);
    if said.currency.to_uppercase() != payment.currency || !fits {
        let (amount, currency) = (said.amount, &said.currency);
        return Ok(Settled::Mismatch(format!(
            "a refund of {amount} {currency}"
        )));
    }
    let Some(mut row) = lock_or_adopt(tx, at, payment, said).await? else {
        return Ok(Settled::Mismatch("a refund of more than was paid".into()));
    };
    // What we took for refused is no end as long as Stripe had not named a refund for it.
    let known = match &row.stripe_refund {
        Some(_) => row.status(),
        None => RefundStatus::Requested,
    };
    let (status, outcome) = apply(known, status_of(said));
    if outcome == Outcome::Nothing && row.stripe_refund.is_some() {
        return Ok(Settled::Applied);
    }
    row.set_status(status);
    row.stripe_refund = Some(said.id.clone());
    row.failure = said.failure_reason.clone();
    row.updated_at = at.now;
    refunds::save_refund(tx, &mut row).await?;
    follow(tx, at, payment, &row, outcome).await?;
    Ok(Settled::Applied)
}

fn status_of(said: &Refund) -> RefundStatus {
    match &said.status {
        Some(stripe::RefundStatus::Succeeded) => RefundStatus::Succeeded,
        Some(stripe::RefundStatus::Failed | stripe::RefundStatus::Canceled) => RefundStatus::Failed,
        Some(
            stripe::RefundStatus::Pending
            | stripe::RefundStatus::RequiresAction
            | stripe::RefundStatus::Unknown(_),
        )
        | None => RefundStatus::Pending,
    }
}

/// The refund's row: by Stripe's id, by the id we wrote into it, or made for one that we never saw.
async fn lock_or_adopt(
    tx: &mut TenantTx,
    at: Settling<'_>,
    payment: &PaymentRow,
    said: &Refund,
) -> Result<Option<RefundRow>, Error> {
    if let Some(row) = refunds::lock_by_stripe(tx, &said.id).await? {
        return Ok(Some(row).filter(|row| row.payment_id == payment.id));
    }
    let written = said.metadata.get("refund_id");
    if let Some(id) = written.and_then(|id| id.parse::<RefundId>().ok())
        && let Some(row) = refunds::lock_refund(tx, id).await?
        && row.payment_id == payment.id
        && row.amount_minor == said.amount
        && row.stripe_refund.is_none()
    {
        return Ok(Some(row));
    }
    // One of ours that Stripe has not taken may find nothing left afterwards; the money that Stripe
    // says has gone is gone.
    let at_stripe = refunds::list_of_payment(tx, payment.id).await?;
    let gone = at_stripe
        .iter()
        .filter(|row| row.stripe_refund.is_some() && row.status() != RefundStatus::Failed);
    let gone: i64 = gone.map(|row| row.amount_minor).sum();
    if said.amount + gone > payment.amount_minor {
        return Ok(None);
    }
    let (id, why) = (RefundId::new(), (refunds::DASHBOARD, refunds::DASHBOARD));
    let mut row = RefundRow::requested(payment, id, why, said.amount, at.now);
    row.set_status(RefundStatus::Pending);
    refunds::create_refund(tx, &row).await?;
    Ok(Some(row))
}

/// Moves the money in the books and tells what happened.
async fn follow(
    tx: &mut TenantTx,
    at: Settling<'_>,
    payment: &mut PaymentRow,
    row: &RefundRow,
    outcome: Outcome,
) -> Result<(), Error> {
    let amount = Money::new(row.amount_minor, payment.currency());
    match outcome {
        Outcome::Nothing | Outcome::Began => Ok(()),
        Outcome::Failed => tell_failed(tx, row).await,
        Outcome::GaveBack => {
            payment.refunded_minor += row.amount_minor;
            payment.updated_at = at.now;
            payments::save_payment(tx, payment).await?;
            let name = format!("refund:{}", row.id);
            ledger::create_entries(tx, payment.id, &name, Movement::Refund { amount }).await?;
            tell_succeeded(tx, payment, row).await
        }
        Outcome::CameBack => {
            payment.refunded_minor -= row.amount_minor;
            payment.updated_at = at.now;
            payments::save_payment(tx, payment).await?;
            let name = format!("refund_failed:{}", row.id);
            let movement = Movement::RefundCameBack { amount };
            ledger::create_entries(tx, payment.id, &name, movement).await?;
            tell_failed(tx, row).await
        }
    }
}

/// Stripe will not do it: the refund failed before it began.
pub async fn fail_refund(
    tx: &mut TenantTx,
    at: Settling<'_>,
    id: RefundId,
    code: &str,
) -> Result<(), Error> {
    let found = refunds::lock_refund(tx, id).await?;
    let Some(mut row) = found.filter(|row| row.status() == RefundStatus::Requested) else {
        return Ok(());
    };
    row.set_status(RefundStatus::Failed);
    row.failure = Some(code.to_owned());
    row.updated_at = at.now;
    refunds::save_refund(tx, &mut row).await?;
    tell_failed(tx, &row).await
}

/// Stripe's own sum of what went back of the platform's fee; its way of rounding is its own.
async fn return_fee(
    tx: &mut TenantTx,
    at: Settling<'_>,
    payment: &mut PaymentRow,
    total: i64,
) -> Result<(), Error> {
    if total <= payment.fee_returned_minor {
        // Nothing new, or an older word than one that was heard before.
        return Ok(());
    }
    if total > payment.fee_minor {
        let detail = json!({ "payment": payment.id, "fee": payment.fee_minor, "returned": total });
        let subject = payment.id.to_string();
        return breaks::create_break(tx, "fee_exceeded", &subject, &detail).await;
    }
    let more = total - payment.fee_returned_minor;
    payment.fee_returned_minor = total;
    payment.updated_at = at.now;
    payments::save_payment(tx, payment).await?;
    let fee = Money::new(more, payment.currency());
    let name = format!("fee_returned:{}:{total}", payment.id);
    ledger::create_entries(tx, payment.id, &name, Movement::FeeReturned { fee }).await
}

async fn tell_succeeded(
    tx: &mut TenantTx,
    payment: &PaymentRow,
    row: &RefundRow,
) -> Result<(), Error> {
    if row.is_of_second_payment() {
        return Ok(());
    }
    let event = v1::RefundSucceeded {
        tenant_id: tx.tenant().to_string(),
        refund: Some(tell::refund(row)),
        total_refunded: Some(payment.refunded().into()),
    };
    emit(tx, &event).await
}

/// Money that nobody asked for and that could not go back by itself is raised: a person must see to it.
async fn tell_failed(tx: &mut TenantTx, row: &RefundRow) -> Result<(), Error> {
    let raise = async |tx: &TenantTx, kind| {
        let detail = json!({ "refund": row.id, "failure": row.failure });
        breaks::create_break(tx, kind, &row.id.to_string(), &detail).await
    };
    if row.is_of_second_payment() {
        return raise(tx, "second_payment_not_refunded").await;
    }
    if row.is_of_late_payment() {
        raise(tx, "late_payment_not_refunded").await?;
    }
    let event = v1::RefundFailed {
        tenant_id: tx.tenant().to_string(),
        refund: Some(tell::refund(row)),
        code: row.failure.clone().unwrap_or_default(),
    };
    emit(tx, &event).await
}
