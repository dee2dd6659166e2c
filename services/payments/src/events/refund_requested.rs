//! Orders wants money to go back.

use bus::{Delivery, HandleError, emit};
use db::TenantTx;
use events::MoneyField;
use events::orders::v1::RefundRequested;
use events::payments::v1::RefundFailed;
use kernel::{OrderId, RefundId};

use crate::app::App;
use crate::domain::payment::PaymentStatus;
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
        return Err(park("the order has no payment that succeeded"));
    };
    let now = app.clock.now();
    let refunded = refunds::sum_of_payment(tx, payment.id).await?;
    let fits = amount.minor > 0
        && amount.currency == payment.currency()
        && amount.minor + refunded <= payment.amount_minor;
    let row = RefundRow {
        tenant_id: tx.tenant().uuid(),
        id: id.uuid(),
        payment_id: payment.id,
        order_id: payment.order_id,
        stripe_refund: None,
        origin: "order".into(),
        status: if fits { "requested" } else { "failed" }.into(),
        amount_minor: amount.minor.max(1),
        currency: amount.currency.to_string(),
        reason: asked.reason,
        failure: (!fits).then(|| "exceeds_payment".to_owned()),
        attempts: 0,
        retry_at: now,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let is_new = refunds::create_refund(tx, &row).await?;
    if is_new && !fits {
        let event = RefundFailed {
            tenant_id: tx.tenant().to_string(),
            refund: Some(tell::refund(&row)),
            code: "exceeds_payment".into(),
        };
        emit(tx, &event).await?;
    }
    Ok(())
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
        .filter(|row| row.status() == PaymentStatus::Succeeded);
    let mut candidates = paid.filter(|row| named.is_empty() || row.id.to_string() == named);
    match candidates.next() {
        Some(row) => Ok(payments::lock_payment(tx, row.payment_id()).await?),
        None => Ok(None),
    }
}
