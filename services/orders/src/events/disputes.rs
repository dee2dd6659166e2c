//! A shopper's bank asks for the money back: the order's timeline tells.

use bus::{Delivery, HandleError, first_delivery};
use db::TenantTx;
use events::Named;
use events::payments::v1::{Dispute, DisputeClosed, DisputeOpened};
use kernel::EventId;
use serde_json::json;

use super::{absent, lock};
use crate::app::App;
use crate::store::timeline::{self, TimelineRow};

pub async fn opened(
    tx: &mut TenantTx,
    delivery: Delivery<DisputeOpened>,
    app: App,
) -> Result<(), HandleError> {
    note(
        tx,
        &app,
        delivery.id,
        delivery.message.dispute,
        "dispute_opened",
    )
    .await
}

pub async fn closed(
    tx: &mut TenantTx,
    delivery: Delivery<DisputeClosed>,
    app: App,
) -> Result<(), HandleError> {
    note(
        tx,
        &app,
        delivery.id,
        delivery.message.dispute,
        "dispute_closed",
    )
    .await
}

async fn note(
    tx: &mut TenantTx,
    app: &App,
    event: EventId,
    dispute: Option<Dispute>,
    kind: &str,
) -> Result<(), HandleError> {
    if !first_delivery(tx, "orders.disputes", event).await? {
        return Ok(());
    }
    let dispute = dispute.ok_or_else(|| absent("dispute"))?;
    let row = lock(tx, &dispute.order_id).await?;
    let detail = json!({ "status": dispute.status().name(), "reason": dispute.reason });
    let entry = TimelineRow::new(tx, row.order_id(), app.clock.now(), kind, "stripe").with(detail);
    timeline::create_entries(tx, &[entry]).await?;
    Ok(())
}
