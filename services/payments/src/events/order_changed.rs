//! Orders that were placed, paid or cancelled: whether they may still be paid, and how much is due.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::MoneyField;
use events::orders::v1::{Order, OrderCancelled, OrderPaid, OrderPlaced};
use kernel::OrderId;

use crate::jobs::cancel_intent::CancelIntent;
use crate::store::{orders, payments};

/// Why an order ended whose payment may still come: it is honoured if the goods are there.
const EXPIRED: &str = "expired";

pub async fn placed(tx: &mut TenantTx, delivery: Delivery<OrderPlaced>) -> Result<(), HandleError> {
    save(tx, delivery.message.order, "open").await?;
    Ok(())
}

/// One that was paid without us must not be paid again.
pub async fn paid(tx: &mut TenantTx, delivery: Delivery<OrderPaid>) -> Result<(), HandleError> {
    let saved = save(tx, delivery.message.order, "paid").await?;
    match saved {
        Some((id, order)) if order.payment_id.is_empty() => give_up_attempts(tx, id).await,
        _ => Ok(()),
    }
}

pub async fn cancelled(
    tx: &mut TenantTx,
    delivery: Delivery<OrderCancelled>,
) -> Result<(), HandleError> {
    let saved = save(tx, delivery.message.order, "cancelled").await?;
    match saved {
        Some((id, order)) if order.cancel_reason != EXPIRED => give_up_attempts(tx, id).await,
        _ => Ok(()),
    }
}

/// The version decides, so any order of arrival ends in the same row. Answers the order when it was
/// news.
async fn save(
    tx: &mut TenantTx,
    order: Option<Order>,
    state: &str,
) -> Result<Option<(OrderId, Order)>, HandleError> {
    let order = order.ok_or_else(|| HandleError::Park("order is absent".into()))?;
    let id: OrderId = order
        .order_id
        .parse()
        .map_err(|_| HandleError::Park("order.order_id is not a UUID".into()))?;
    let total = order
        .total
        .clone()
        .required("order.total")
        .map_err(|e| HandleError::Park(e.to_string()))?;
    let is_news = orders::save_order(tx, id, total, state, order.version).await?;
    Ok(is_news.then_some((id, order)))
}

async fn give_up_attempts(tx: &mut TenantTx, order: OrderId) -> Result<(), HandleError> {
    for attempt in payments::list_of_order(tx, order).await? {
        if attempt.intent_id.is_some() && !attempt.status().is_final() {
            CancelIntent::enqueue(tx, &attempt).await?;
        }
    }
    Ok(())
}
