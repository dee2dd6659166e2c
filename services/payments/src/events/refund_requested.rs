//! Orders wants money to go back.

use bus::{Delivery, HandleError, emit, first_delivery};
use db::TenantTx;
use events::orders::v1::RefundRequested;
use events::payments::v1::{Refund, RefundFailed};
use events::{MoneyField, to_us};
use kernel::{OrderId, RefundId};
use serde_json::json;
use time::OffsetDateTime;

use crate::app::App;
use crate::domain::payment::PaymentStatus;
use crate::domain::refund::RefundStatus;
use crate::store::breaks;
use crate::store::payments::{self, PaymentRow};
use crate::store::refunds::{self, RefundRow};
use crate::tell;

/// Notes the refund; a job asks Stripe. The refund's id makes a repeat harmless.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<RefundRequested>,
    app: App,
) -> Result<(), HandleError> {
    let asked = delivery.message;
    let park = |text: &str| HandleError::Park(text.to_owned());
    let id: RefundId = asked
        .refund_id
        .parse()
        .map_err(|_| park("refund_id is not a UUID"))?;
    let order: OrderId = asked
        .order_id
        .parse()
        .map_err(|_| park("order_id is not a UUID"))?;
    let amount = asked
        .amount
        .required("amount")
        .map_err(|e| HandleError::Park(e.to_string()))?;
    let Some(payment) = paid_by(tx, order, &asked.payment_id).await? else {
        if first_delivery(tx, "payments.refund_without_payment", delivery.id).await? {
            refuse(tx, &asked, app.clock.now()).await?;
        }
        return Ok(());
    };
    if amount.minor <= 0 || amount.currency != payment.currency() {
        return Err(park("the amount is not one of the payment's"));
    }
    let why = (refunds::ORDER, asked.reason.as_str());
    let mut row = RefundRow::requested(&payment, id, why, amount.minor, app.clock.now());
    row.returns_fee = asked.refund_application_fee;
    if amount.minor + under_way(tx, &payment).await? <= payment.amount_minor {
        refunds::create_refund(tx, &row).await?;
        return Ok(());
    }
    row.set_status(RefundStatus::Failed);
    row.failure = Some("exceeds_payment".to_owned());
    if refunds::create_refund(tx, &row).await? {
        let event = RefundFailed {
            tenant_id: tx.tenant().to_string(),
            refund: Some(tell::refund(&row)),
            code: "exceeds_payment".into(),
        };
        emit(tx, &event).await?;
    }
    Ok(())
}

/// No payment that succeeded is known here: orders hears that nothing went back, so that its staff do not
/// wait for it, and a person has to see why the two services disagree.
async fn refuse(
    tx: &mut TenantTx,
    asked: &RefundRequested,
    now: OffsetDateTime,
) -> Result<(), HandleError> {
    let detail = json!({ "order_id": asked.order_id, "payment_id": asked.payment_id });
    breaks::create_break(tx, "refund_without_payment", &asked.refund_id, &detail).await?;
    let event = RefundFailed {
        tenant_id: tx.tenant().to_string(),
        refund: Some(Refund {
            refund_id: asked.refund_id.clone(),
            version: 1,
            order_id: asked.order_id.clone(),
            payment_id: asked.payment_id.clone(),
            amount: asked.amount.clone(),
            reason: asked.reason.clone(),
            created_at_us: to_us(now),
            changed_at_us: to_us(now),
            ..Refund::default()
        }),
        code: "no_payment".into(),
    };
    emit(tx, &event).await?;
    Ok(())
}

/// What is on its way back or has come back of a payment, in minor units.
async fn under_way(tx: &TenantTx, payment: &PaymentRow) -> Result<i64, db::Error> {
    let refunds = refunds::list_of_payment(tx, payment.id).await?;
    let counted = refunds
        .iter()
        .filter(|row| row.status() != RefundStatus::Failed);
    Ok(counted.map(|row| row.amount_minor).sum())
}

/// The payment named, or the one that paid the order; locked, so that two requests at once cannot
/// give back more than was paid.
async fn paid_by(
    tx: &mut TenantTx,
    order: OrderId,
    named: &str,
) -> Result<Option<PaymentRow>, HandleError> {
    let attempts = payments::list_of_order(tx, order).await?;
    let paid = attempts
        .iter()
        .filter(|row| row.status() == PaymentStatus::Succeeded)
        .filter(|row| named.is_empty() || row.id.to_string() == named);
    // A second payment goes back by itself: the one with more left is the order's.
    let found = paid.max_by_key(|row| row.amount_minor - row.refunded_minor);
    match found {
        Some(row) => Ok(payments::lock_payment(tx, row.payment_id()).await?),
        None => Ok(None),
    }
}
