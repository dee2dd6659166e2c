//! Money went back, or could not. The newest word on a refund wins.

use bus::{Delivery, HandleError, emit, first_delivery};
use db::TenantTx;
use events::orders::v1::OrderRefunded;
use events::payments::v1::{Refund, RefundFailed, RefundSucceeded};
use events::{MoneyField, to_us};
use kernel::{Money, RefundId};
use serde_json::json;

use super::{absent, lock, park};
use crate::app::App;
use crate::domain::order::{OrderError, OrderState, RefundStood};
use crate::domain::tax::share_out;
use crate::store::orders::OrderRow;
use crate::store::refunds::{self, RefundRow};
use crate::store::timeline::TimelineRow;
use crate::tell;
use crate::transition::{self, By, StockChange};

pub async fn succeeded(
    tx: &mut TenantTx,
    delivery: Delivery<RefundSucceeded>,
    app: App,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.refund_succeeded", delivery.id).await? {
        return Ok(());
    }
    let refund = delivery.message.refund.ok_or_else(|| absent("refund"))?;
    let mut row = lock(tx, &refund.order_id).await?;
    let by = By::stripe(&app);
    let mut known = known(tx, &row, &refund, &by).await?;
    if refund.version <= known.version || known.status == "succeeded" {
        return Ok(());
    }
    let amount = amount_of(&known, &row);
    let mut state = row.state();
    let freed = state
        .receive_refund(amount, stood(&known))
        .map_err(refused)?;
    if freed {
        transition::release(tx, row.order_id(), &by).await?;
    }
    known.status = "succeeded".into();
    known.version = refund.version;
    refunds::save_refund(tx, &known).await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "refunded", &by.actor)
        .with(json!({ "refund_id": known.id, "amount": amount, "reason": refund.reason }));
    transition::save_with_entry(tx, &mut row, &state, entry, &by).await?;
    tell_refunded(tx, &row, refund, &by).await
}

/// A refund of all of it carries the order's own taxes, one of a part its share of each rate.
async fn tell_refunded(
    tx: &mut TenantTx,
    row: &OrderRow,
    refund: Refund,
    by: &By<'_>,
) -> Result<(), HandleError> {
    let details = row.details();
    let amount = refund.amount.required("refund.amount")?;
    let taxes = share_out(amount, &details.taxes).map_err(|e| HandleError::Park(e.to_string()))?;
    let taxes = if amount == row.total() {
        &details.taxes
    } else {
        &taxes
    };
    let event = OrderRefunded {
        tenant_id: tx.tenant().to_string(),
        order: Some(tell::order(&by.app.ticket_key, row, &details)),
        refund_id: refund.refund_id,
        amount: Some(amount.into()),
        reason: refund.reason,
        lines: Vec::new(),
        taxes: taxes.iter().map(tell::tax).collect(),
        refunded_at_us: to_us(by.now),
    };
    emit(tx, &event).await?;
    Ok(())
}

pub async fn failed(
    tx: &mut TenantTx,
    delivery: Delivery<RefundFailed>,
    app: App,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.refund_failed", delivery.id).await? {
        return Ok(());
    }
    let code = delivery.message.code;
    let refund = delivery.message.refund.ok_or_else(|| absent("refund"))?;
    let mut row = lock(tx, &refund.order_id).await?;
    let by = By::stripe(&app);
    let mut known = known(tx, &row, &refund, &by).await?;
    if refund.version <= known.version || known.status == "failed" {
        return Ok(());
    }
    let amount = amount_of(&known, &row);
    let mut state = row.state();
    if known.status == "succeeded" {
        take_back(tx, &row, &mut state, amount, &by).await?;
    } else {
        state.drop_refund(amount, stood(&known));
    }
    known.status = "failed".into();
    known.version = refund.version;
    refunds::save_refund(tx, &known).await?;
    let entry = TimelineRow::new(tx, row.order_id(), by.now, "refund_failed", &by.actor)
        .with(json!({ "refund_id": known.id, "amount": amount, "code": code }));
    transition::save_with_entry(tx, &mut row, &state, entry, &by).await?;
    Ok(())
}

/// The order is paid again. Its goods are kept for it again if they are still there; if not, it is
/// sent as soon as there are some.
async fn take_back(
    tx: &mut TenantTx,
    row: &OrderRow,
    state: &mut OrderState,
    amount: Money,
    by: &By<'_>,
) -> Result<(), HandleError> {
    if state.take_refund_back(amount) {
        let kept = transition::move_stock(tx, row.order_id(), StockChange::Reserve, by).await?;
        state.holds_stock = kept.is_ok();
    }
    Ok(())
}

fn stood(known: &RefundRow) -> RefundStood {
    if known.status == "requested" && !known.external {
        RefundStood::UnderWay
    } else {
        RefundStood::NotCounted
    }
}

/// The news of the payment itself may still be on its way; anything else never becomes right.
fn refused(error: OrderError) -> HandleError {
    match error {
        OrderError::NotPaid => HandleError::not_yet("the order's payment was not heard of"),
        other => HandleError::Park(other.to_string()),
    }
}

/// The refund's row; one that was begun in the provider's dashboard is new to us.
async fn known(
    tx: &TenantTx,
    row: &OrderRow,
    refund: &Refund,
    by: &By<'_>,
) -> Result<RefundRow, HandleError> {
    let id: RefundId = refund.refund_id.parse()?;
    let amount = refund.amount.required("refund.amount")?;
    if let Some(known) = refunds::lock_refund(tx, id).await? {
        let is_same = known.order_id == row.id && amount_of(&known, row) == amount;
        return is_same.then_some(known).ok_or_else(|| {
            park("the refund is not the one that was asked for: order or amount differ")
        });
    }
    if !refund.external {
        return Err(park("this refund was never asked for"));
    }
    let made = RefundRow {
        tenant_id: tx.tenant().uuid(),
        id: id.uuid(),
        order_id: row.id,
        amount_minor: amount.minor,
        status: "requested".into(),
        reason: refund.reason.clone(),
        created_at: by.now,
        version: 0,
        external: true,
        note: String::new(),
    };
    if amount.currency != row.total().currency || amount.minor <= 0 {
        return Err(park("the refund's amount cannot be one of this order"));
    }
    refunds::create_refund(tx, &made).await?;
    Ok(made)
}

fn amount_of(refund: &RefundRow, order: &OrderRow) -> Money {
    Money::new(refund.amount_minor, order.total().currency)
}
