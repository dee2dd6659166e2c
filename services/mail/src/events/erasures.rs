//! What orders tells of customers who had everything erased: what was written to them is forgotten.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::from_us;
use events::orders::v1::{CustomerErased, OrderForgotten};

use super::customers::{address, uuid};
use crate::app::App;
use crate::store::erasures::{self, Mails};

/// Whoever opens an account under the address again is written to as anybody else: only what was before goes,
/// however late and often this is heard. That the address is not to be written to, where that is so, stays.
pub async fn customer_erased(
    tx: &mut TenantTx,
    delivery: Delivery<CustomerErased>,
    app: App,
) -> Result<(), HandleError> {
    let event = delivery.message;
    let email = address(&event.email)?;
    let until = from_us(event.erased_at_us).filter(|_| event.erased_at_us > 0);
    let until = until.ok_or_else(|| HandleError::Park("erased_at_us is absent".to_owned()))?;
    let recipient = app.vault.mark_key(tx).await?.mark(&email);
    Ok(erasures::forget_mails(tx, Mails::To(&recipient, until)).await?)
}

/// Nothing is written about the order any more but what becomes of its money.
pub async fn order_forgotten(
    tx: &mut TenantTx,
    delivery: Delivery<OrderForgotten>,
    app: App,
) -> Result<(), HandleError> {
    let event = delivery.message;
    let order = uuid(&event.order_id, "order_id")?;
    Ok(erasures::forget_order(tx, order, event.version, app.clock.now()).await?)
}
