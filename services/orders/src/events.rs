//! What this service does when it hears of something: database work only.

pub mod account_changed;
pub mod disputes;
pub mod import_requested;
pub mod payment_news;
pub mod payment_succeeded;
pub mod product_changed;
pub mod refunds;

use bus::HandleError;
use db::TenantTx;
use kernel::OrderId;

use crate::store::orders::{self, OrderRow};

/// The order that an event is about, locked. An order is there before anybody can pay it.
async fn lock(tx: &TenantTx, order: &str) -> Result<OrderRow, HandleError> {
    let id: OrderId = order.parse().map_err(|_| park("order_id is not a UUID"))?;
    orders::lock_order(tx, id)
        .await?
        .ok_or_else(|| park("the order is not known"))
}

fn park(text: &str) -> HandleError {
    HandleError::Park(text.to_owned())
}

fn absent(what: &str) -> HandleError {
    HandleError::Park(format!("{what} is absent"))
}
