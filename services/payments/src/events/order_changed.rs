//! Orders that were placed, paid or cancelled: whether they may still be paid, and how much is due.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::MoneyField;
use events::orders::v1::{Order, OrderCancelled, OrderPaid, OrderPlaced};
use kernel::OrderId;

use crate::store::orders;

pub async fn placed(tx: &mut TenantTx, delivery: Delivery<OrderPlaced>) -> Result<(), HandleError> {
    save(tx, delivery.message.order, "open").await
}

pub async fn paid(tx: &mut TenantTx, delivery: Delivery<OrderPaid>) -> Result<(), HandleError> {
    save(tx, delivery.message.order, "paid").await
}

pub async fn cancelled(
    tx: &mut TenantTx,
    delivery: Delivery<OrderCancelled>,
) -> Result<(), HandleError> {
    save(tx, delivery.message.order, "cancelled").await
}

/// The version decides, so any order of arrival ends in the same row.
async fn save(tx: &mut TenantTx, order: Option<Order>, state: &str) -> Result<(), HandleError> {
    let order = order.ok_or_else(|| HandleError::Park("order is absent".into()))?;
    let id: OrderId = order
        .order_id
        .parse()
        .map_err(|_| HandleError::Park("order.order_id is not a UUID".into()))?;
    let total = order
        .total
        .required("order.total")
        .map_err(|e| HandleError::Park(e.to_string()))?;
    orders::save_order(tx, id, total, state, order.version).await?;
    Ok(())
}
