//! The money is there.

use bus::{Delivery, HandleError, emit, first_delivery};
use db::TenantTx;
use events::MoneyField;
use events::orders::v1::OrderPaid;
use events::payments::v1::PaymentSucceeded;
use kernel::Money;
use serde_json::json;
use uuid::Uuid;

use super::{absent, lock};
use crate::app::App;
use crate::domain::order::PaymentOutcome;
use crate::store::orders::{self, OrderRow};
use crate::store::timeline::{self, TimelineRow};
use crate::tell;
use crate::transition::{self, By, StockChange};

pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentSucceeded>,
    app: App,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.payment_succeeded", delivery.id).await? {
        return Ok(());
    }
    let payment = delivery.message.payment.ok_or_else(|| absent("payment"))?;
    let amount = payment
        .amount
        .required("amount")
        .map_err(|e| HandleError::Park(e.to_string()))?;
    let mut row = lock(tx, &payment.order_id).await?;
    let by = By {
        actor: "stripe".into(),
        now: app.clock.now(),
    };
    let mut state = row.state();
    let outcome = state
        .receive_payment(amount)
        .map_err(|refused| HandleError::Park(refused.to_string()))?;
    let payment_id: Option<Uuid> = payment.payment_id.parse().ok();
    match outcome {
        PaymentOutcome::AlreadyPaid => Ok(()),
        PaymentOutcome::BecamePaid => {
            row.set_state(&state, by.now);
            become_paid(tx, &mut row, payment_id, amount, &by).await
        }
        PaymentOutcome::CameTooLate => come_late(tx, &mut row, payment_id, amount, &by).await,
    }
}

async fn become_paid(
    tx: &mut TenantTx,
    row: &mut OrderRow,
    payment: Option<Uuid>,
    amount: Money,
    by: &By,
) -> Result<(), HandleError> {
    row.payment_id = payment;
    row.paid_at = Some(by.now);
    row.reserved_until = None;
    orders::save_order(tx, row).await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "paid", &by.actor)
        .with(json!({ "amount": amount, "payment_id": payment }));
    timeline::create_entries(tx, &[entry]).await?;
    let event = OrderPaid {
        tenant_id: tx.tenant().to_string(),
        order: Some(tell::order(row, &row.details())),
    };
    emit(tx, &event).await?;
    Ok(())
}

/// The reservation had run out: the goods are promised again if they are there, otherwise the money
/// goes back by itself.
async fn come_late(
    tx: &mut TenantTx,
    row: &mut OrderRow,
    payment: Option<Uuid>,
    amount: Money,
    by: &By,
) -> Result<(), HandleError> {
    let mut state = row.state();
    if transition::move_stock(tx, row.order_id(), StockChange::Reserve, by)
        .await?
        .is_ok()
    {
        state.revive();
        row.set_state(&state, by.now);
        row.cancelled_at = None;
        return become_paid(tx, row, payment, amount, by).await;
    }
    state.return_late_payment();
    row.set_state(&state, by.now);
    row.payment_id = payment;
    orders::save_order(tx, row).await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "paid_too_late", &by.actor)
        .with(json!({ "amount": amount }));
    timeline::create_entries(tx, &[entry]).await?;
    transition::request_refund(tx, row, amount, "paid_too_late", by).await?;
    Ok(())
}
