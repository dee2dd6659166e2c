//! The migration brings records of another shop.

use bus::{Delivery, HandleError, emit};
use db::TenantTx;
use events::catalog::v1::ImportApplied;
use events::migration::v1::CatalogImportRequested;

use crate::app::App;
use crate::imports::{self, Place};

/// Harmless the second time: what is here like that is not written again.
pub async fn handle(
    tx: &mut TenantTx,
    delivery: Delivery<CatalogImportRequested>,
    app: App,
) -> Result<(), HandleError> {
    let batch = delivery.message;
    let tenant = app.directory.by_id(tx.tenant());
    let place = Place {
        tenant: tenant.ok_or_else(|| HandleError::not_yet("the store is not known here yet"))?,
        now: app.clock.now(),
        app,
        import_id: batch.import_id.clone(),
        batch_id: batch.batch_id.clone(),
    };
    let mut outcomes = Vec::new();
    for record in batch.records {
        outcomes.extend(imports::take(tx, &place, record).await?);
    }
    if outcomes.is_empty() {
        return Ok(());
    }
    let event = ImportApplied {
        tenant_id: tx.tenant().to_string(),
        batch_id: batch.batch_id,
        version: 1,
        import_id: batch.import_id,
        outcomes,
    };
    Ok(emit(tx, &event).await?)
}
