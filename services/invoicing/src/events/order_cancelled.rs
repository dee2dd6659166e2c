//! An order will not be carried out: an invoice that is not issued yet is not wanted any more. One that is
//! issued stays until money goes back and a credit note corrects it.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::orders::v1::{OrderCancelled, OrderStatus};

use crate::app::App;
use crate::open;
use crate::store::documents::{self, DocumentRow};

pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<OrderCancelled>,
    app: App,
) -> Result<(), HandleError> {
    let order = delivery.message.order;
    let mut order = order.ok_or_else(|| HandleError::Park("order is absent".into()))?;
    order.set_status(OrderStatus::Cancelled);
    let row = open::take_order(&app, tx, order).await?;
    let of_order = documents::list_of_order(tx, row.order_id).await?;
    if let Some(invoice) = of_order.into_iter().find(DocumentRow::is_invoice) {
        open::wake_unissued(tx, invoice.id, app.clock.now()).await?;
    }
    app.wake.notify_one();
    Ok(())
}
