//! The money is there.

use bus::{Delivery, HandleError, Outgoing, first_delivery};
use db::TenantTx;
use events::MoneyField;
use events::orders::v1::OrderPaid;
use events::payments::v1::{Payment, PaymentSucceeded};
use kernel::{Money, PaymentId};
use serde_json::json;

use super::{absent, lock, park};
use crate::app::App;
use crate::domain::order::{OrderState, PaymentOutcome};
use crate::store::orders::{self, OrderRow};
use crate::store::timeline::{self, TimelineRow};
use crate::tell;
use crate::transition::{self, By, NewRefund, StockChange};

/// Only what ran out by itself is taken up again when its money comes late; what a person ended stays
/// ended.
const RAN_OUT: &str = "expired";

pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<PaymentSucceeded>,
    app: App,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.payment_succeeded", delivery.id).await? {
        return Ok(());
    }
    let payment = delivery.message.payment.ok_or_else(|| absent("payment"))?;
    let received = Received::read(&payment)?;
    let mut row = lock(tx, &payment.order_id).await?;
    let by = By::stripe(&app);
    let mut state = row.state();
    let outcome = state.receive_payment(received.amount);
    match outcome.map_err(|refused| HandleError::Park(refused.to_string()))? {
        PaymentOutcome::AlreadyPaid if row.payment_id == Some(received.payment.uuid()) => Ok(()),
        // Payments gives a second payment back by itself; should one reach us, a person must see it.
        PaymentOutcome::AlreadyPaid => Err(park("the order was paid by another payment")),
        PaymentOutcome::BecamePaid => become_paid(tx, &mut row, &state, &received, &by).await,
        PaymentOutcome::CameTooLate => come_late(tx, &mut row, state, &received, &by).await,
    }
}

struct Received {
    payment: PaymentId,
    amount: Money,
    /// card, mb_way, multibanco …; empty when the provider did not say.
    method: String,
}

impl Received {
    fn read(payment: &Payment) -> Result<Self, HandleError> {
        Ok(Self {
            payment: payment.payment_id.parse()?,
            amount: payment.amount.required("payment.amount")?,
            method: payment.method.clone(),
        })
    }
}

async fn become_paid(
    tx: &mut TenantTx,
    row: &mut OrderRow,
    state: &OrderState,
    received: &Received,
    by: &By<'_>,
) -> Result<(), HandleError> {
    row.payment_id = Some(received.payment.uuid());
    row.paid_at = Some(by.now);
    row.reserved_until = None;
    let mut details = row.details();
    if !received.method.is_empty() {
        details.payment_method.clone_from(&received.method);
    }
    details.cancel_reason.clear();
    row.set_details(&details);
    let detail = json!({ "amount": received.amount, "payment_id": received.payment });
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "paid", &by.actor).with(detail);
    row.set_state(state, by.now);
    row.version += 1;
    let mut told = Outgoing::of(tx);
    told.add(&OrderPaid {
        tenant_id: tx.tenant().to_string(),
        order: Some(tell::order(&by.app.ticket_key, row, &details)),
    });
    futures_util::try_join!(
        orders::save_version(tx, row),
        timeline::create_entries(tx, std::slice::from_ref(&entry)),
        told.emit(tx)
    )?;
    tx.mark_emitted();
    Ok(())
}

/// The reservation had run out: the goods are promised again if they are there, otherwise the money
/// goes back by itself.
async fn come_late(
    tx: &mut TenantTx,
    row: &mut OrderRow,
    mut state: OrderState,
    received: &Received,
    by: &By<'_>,
) -> Result<(), HandleError> {
    let ran_out = row.details().cancel_reason == RAN_OUT;
    let is_there = ran_out
        && transition::move_stock(tx, row.order_id(), StockChange::Reserve, by)
            .await?
            .is_ok();
    if is_there {
        state.revive();
        row.cancelled_at = None;
        return become_paid(tx, row, &state, received, by).await;
    }
    state.return_late_payment();
    row.set_state(&state, by.now);
    row.payment_id = Some(received.payment.uuid());
    row.paid_at = Some(by.now);
    orders::save_order(tx, row).await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "paid_too_late", &by.actor)
        .with(json!({ "amount": received.amount, "payment_id": received.payment }));
    timeline::create_entries(tx, &[entry]).await?;
    let reason = if ran_out {
        "paid_too_late"
    } else {
        "order_cancelled"
    };
    let new = NewRefund {
        amount: received.amount,
        reason,
        note: "",
    };
    transition::request_refund(tx, row, new, by).await?;
    Ok(())
}
