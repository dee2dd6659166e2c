//! The migration brings records of another shop.

use bus::{Delivery, HandleError, emit};
use db::TenantTx;
use events::migration::v1::OrdersImportRequested;
use events::orders::v1::ImportApplied;

use crate::app::App;
use crate::imports;

/// Harmless the second time: what is here like that is not written again.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<OrdersImportRequested>,
    app: App,
) -> Result<(), HandleError> {
    let batch = delivery.message;
    let now = app.clock.now();
    let outcomes = imports::take(tx, &app, batch.records, now).await?;
    let event = ImportApplied {
        tenant_id: tx.tenant().to_string(),
        batch_id: batch.batch_id,
        version: 1,
        import_id: batch.import_id,
        outcomes,
    };
    Ok(emit(tx, &event).await?)
}
