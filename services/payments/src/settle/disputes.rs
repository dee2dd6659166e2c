//! What Stripe says of a dispute.

use bus::emit;
use db::{Error, TenantTx};
use events::payments::v1;
use kernel::{Currency, Money};
use time::OffsetDateTime;

use super::{Settled, Settling};
use crate::clients::stripe::{BalanceTransaction, Dispute};
use crate::domain::dispute::{MOVEMENT_MINOR_MAX, is_closed, is_stale, withdrawn};
use crate::store::disputes::{self, DisputeRow};
use crate::store::ledger::{self, Movement};
use crate::store::payments::{self, PaymentRow};
use crate::tell;

/// Applies a dispute as Stripe has it now, with what it did to the store's balance.
pub async fn settle_dispute(
    tx: &mut TenantTx,
    at: Settling<'_>,
    said: &Dispute,
) -> Result<Settled, Error> {
    let Some(intent) = said.payment_intent.as_deref() else {
        return Ok(Settled::NotOurs);
    };
    let Some(payment) = payments::lock_by_intent(tx, intent, None).await? else {
        return Ok(Settled::NotOurs);
    };
    if let Some(difference) = difference(&payment, at, said) {
        return Ok(Settled::Mismatch(difference));
    }
    let known = disputes::lock_dispute(tx, &said.id).await?;
    if known
        .as_ref()
        .is_some_and(|known| is_stale(&known.status, &said.status))
    {
        return Ok(Settled::Applied);
    }
    for movement in &said.balance_transactions {
        book(tx, &payment, movement).await?;
    }
    let row = newest(&payment, at, said, known.as_ref());
    if known.as_ref() == Some(&row) {
        return Ok(Settled::Applied);
    }
    let row = DisputeRow {
        version: row.version + 1,
        ..row
    };
    disputes::save_dispute(tx, &row, at.now).await?;
    tell(tx, &row, known.as_ref()).await?;
    Ok(Settled::Applied)
}

fn difference(payment: &PaymentRow, at: Settling<'_>, said: &Dispute) -> Option<String> {
    let fits = |minor: i64| (-MOVEMENT_MINOR_MAX..=MOVEMENT_MINOR_MAX).contains(&minor);
    let unreadable = |movement: &&BalanceTransaction| {
        currency_of(movement).is_none() || !fits(movement.amount) || !fits(movement.fee)
    };
    if payment.stripe_account != at.account {
        Some("it is of another account".into())
    } else if said.livemode != at.live_mode {
        Some("it is of another mode (live or test)".into())
    } else if said.currency.to_uppercase() != payment.currency {
        let (said, due) = (&said.currency, &payment.currency);
        Some(format!("currency {said} instead of {due}"))
    } else {
        let found = said.balance_transactions.iter().find(unreadable);
        found.map(|movement| format!("a movement of {} {}", movement.amount, movement.currency))
    }
}

fn currency_of(movement: &BalanceTransaction) -> Option<Currency> {
    movement.currency.to_uppercase().parse().ok()
}

/// Each movement of the store's balance is one of the ledger, under Stripe's own name.
async fn book(
    tx: &TenantTx,
    payment: &PaymentRow,
    movement: &BalanceTransaction,
) -> Result<(), Error> {
    let Some(currency) = currency_of(movement) else {
        return Ok(());
    };
    let name = format!("dispute:{}", movement.id);
    let booked = Movement::Dispute {
        amount: Money::new(movement.amount, currency),
        fee: movement.fee,
    };
    ledger::create_entries(tx, payment.id, &name, booked).await
}

/// The row as Stripe's word has it; the version is the known one's.
fn newest(
    payment: &PaymentRow,
    at: Settling<'_>,
    said: &Dispute,
    known: Option<&DisputeRow>,
) -> DisputeRow {
    let movements: Vec<_> = said
        .balance_transactions
        .iter()
        .map(|movement| (movement.amount, movement.fee))
        .collect();
    let (withdrawn_minor, fee_minor) = withdrawn(&movements);
    let closed = is_closed(&said.status);
    let closed_before = known.and_then(|known| known.closed_at);
    DisputeRow {
        tenant_id: payment.tenant_id,
        stripe_dispute: said.id.clone(),
        payment_id: payment.id,
        order_id: payment.order_id,
        status: said.status.clone(),
        reason: said.reason.clone(),
        amount_minor: said.amount,
        currency: said.currency.to_uppercase(),
        due_by: due_by(said),
        closed,
        version: known.map_or(0, |known| known.version),
        opened_at: known.map_or(at.now, |known| known.opened_at),
        closed_at: closed.then(|| closed_before.unwrap_or(at.now)),
        withdrawn_minor,
        fee_minor,
    }
}

async fn tell(
    tx: &mut TenantTx,
    row: &DisputeRow,
    known: Option<&DisputeRow>,
) -> Result<(), Error> {
    let tenant_id = tx.tenant().to_string();
    let dispute = Some(tell::dispute(row));
    if known.is_none() {
        let event = v1::DisputeOpened {
            tenant_id: tenant_id.clone(),
            dispute: dispute.clone(),
        };
        emit(tx, &event).await?;
    }
    if row.closed && !known.is_some_and(|known| known.closed && known.status == row.status) {
        emit(tx, &v1::DisputeClosed { tenant_id, dispute }).await?;
    }
    Ok(())
}

/// Stripe writes 0 where no answer is possible.
fn due_by(said: &Dispute) -> Option<OffsetDateTime> {
    let details = said.evidence_details.as_ref()?;
    let seconds = details.due_by.filter(|seconds| *seconds > 0)?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}
