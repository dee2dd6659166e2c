//! Money went back: the invoice is credited, or withdrawn when all went back before it was issued.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::orders::v1::OrderRefunded;

use crate::app::App;
use crate::open;

/// The refund's id makes a repeat harmless.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<OrderRefunded>,
    app: App,
) -> Result<(), HandleError> {
    let told = delivery.message;
    let order = told.order.clone();
    let order = order.ok_or_else(|| HandleError::Park("order is absent".into()))?;
    let row = open::take_order(&app, tx, order).await?;
    open::take_refund(&app, tx, &told, &row).await?;
    app.wake.notify_one();
    Ok(())
}
