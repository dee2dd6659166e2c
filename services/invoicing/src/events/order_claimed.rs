//! A guest's order has become a customer's: its documents are to be seen in the account.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::orders::v1::OrderClaimed;

use crate::app::App;
use crate::open;

/// An order that is not paid has no documents; who it is of is told again when it is paid.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<OrderClaimed>,
    app: App,
) -> Result<(), HandleError> {
    let order = delivery.message.order;
    let order = order.ok_or_else(|| HandleError::Park("order is absent".into()))?;
    if order.paid_at_us == 0 {
        return Ok(());
    }
    open::take_order(&app, tx, order).await?;
    app.wake.notify_one();
    Ok(())
}
