//! What is on the shelves changes: counts, the ledger of movements and the news of it, together.

use bus::emit_all;
use db::{Error, TenantTx};
use kernel::VariantId;
use time::OffsetDateTime;

use crate::domain::stock::Stock;
use crate::store::stock::{self, MovementRow, StockRow};
use crate::tell;

/// Stores counts of rows that are locked, with the movements that led to them, and tells them; answers the
/// rows as they are now.
pub async fn apply(
    tx: &mut TenantTx,
    changed: &[(VariantId, Stock)],
    movements: &[MovementRow],
    now: OffsetDateTime,
) -> Result<Vec<StockRow>, Error> {
    let saved = stock::save_stock(tx, changed).await?;
    stock::create_movements(tx, movements).await?;
    let told: Vec<_> = saved
        .iter()
        .map(|row| tell::stock(tx.tenant(), row, now))
        .collect();
    emit_all(tx, &told).await?;
    Ok(saved)
}
