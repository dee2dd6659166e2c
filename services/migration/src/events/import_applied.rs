//! Catalog or orders worked through a batch, or a part of it.

use bus::{Delivery, HandleError};
use db::TenantTx;
use events::migration::v1::Outcome;
use events::{catalog, orders};
use kernel::Clock;
use uuid::Uuid;

use crate::store::batches;
use crate::store::counts::{self, CountRow, FAILED, IssueRow, NOTE};
use crate::store::imports;

pub async fn of_catalog(
    tx: &mut TenantTx,
    delivery: Delivery<catalog::v1::ImportApplied>,
    clock: Clock,
) -> Result<(), HandleError> {
    let told = delivery.message;
    settle(
        tx,
        &clock,
        (&told.import_id, &told.batch_id),
        &told.outcomes,
    )
    .await
}

pub async fn of_orders(
    tx: &mut TenantTx,
    delivery: Delivery<orders::v1::ImportApplied>,
    clock: Clock,
) -> Result<(), HandleError> {
    let told = delivery.message;
    settle(
        tx,
        &clock,
        (&told.import_id, &told.batch_id),
        &told.outcomes,
    )
    .await
}

/// A record's end is written once: its row waits for the batch until then. What was told of an import that
/// is gone changes its records and nothing else.
async fn settle(
    tx: &mut TenantTx,
    clock: &Clock,
    (import, batch): (&str, &str),
    outcomes: &[Outcome],
) -> Result<(), HandleError> {
    let park = |what: &str| HandleError::Park(format!("{what} is not a UUID"));
    let import: Uuid = import.parse().map_err(|_| park("import_id"))?;
    let batch: Uuid = batch.parse().map_err(|_| park("batch_id"))?;
    let ended = batches::settle(tx, batch, outcomes).await?;
    if ended.is_empty() || imports::find_import(tx, import).await?.is_none() {
        return Ok(());
    }
    for ended in &ended {
        let row = CountRow {
            tenant_id: tx.tenant().uuid(),
            import_id: import,
            resource: ended.resource.clone(),
            applied: if ended.failed { 0 } else { ended.records },
            failed: if ended.failed { ended.records } else { 0 },
            ..CountRow::default()
        };
        counts::add(tx, &row).await?;
    }
    let now = clock.now();
    let mut issues = Vec::new();
    for outcome in outcomes {
        let kind = if outcome.result == FAILED {
            FAILED
        } else {
            NOTE
        };
        for note in &outcome.notes {
            let record = (outcome.resource.as_str(), outcome.source_id.as_str());
            issues.push(IssueRow::new(tx, import, record, (kind, note), now));
        }
    }
    counts::save_issues(tx, &issues).await?;
    Ok(())
}
