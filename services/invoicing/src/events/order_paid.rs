//! An order was paid: it needs its invoice.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::orders::v1::OrderPaid;

use crate::app::App;
use crate::open;

/// The order's id makes a repeat harmless.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<OrderPaid>,
    app: App,
) -> Result<(), HandleError> {
    let order = delivery.message.order;
    let mut order = order.ok_or_else(|| HandleError::Park("order is absent".into()))?;
    // That it was paid is what the event says, also when the instant is missing.
    order.paid_at_us = order.paid_at_us.max(1);
    open::take_order(&app, tx, order).await?;
    app.wake.notify_one();
    Ok(())
}
