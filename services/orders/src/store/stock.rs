//! Stock and the ledger of its movements.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::VariantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{stock, stock_movement};
use crate::domain::stock::Stock;

/// A variant's stock and how often it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockRow {
    pub variant: VariantId,
    pub stock: Stock,
    pub version: i64,
}

/// One line of the ledger: what was added to `on_hand` and to `reserved`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = stock_movement)]
pub struct MovementRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub variant_id: Uuid,
    pub kind: String,
    pub on_hand: i64,
    pub reserved: i64,
    pub order_id: Option<Uuid>,
    pub reason: String,
    pub actor: String,
    pub at: OffsetDateTime,
}

type Columns = (Uuid, i64, i64, i64);

fn row((variant, on_hand, reserved, version): Columns) -> StockRow {
    StockRow {
        variant: VariantId::from_uuid(variant),
        stock: Stock { on_hand, reserved },
        version,
    }
}

/// Locks the stock of variants in the order of their ids: whoever comes second waits, and two
/// never wait for each other.
pub async fn lock_stock(tx: &TenantTx, ids: &[VariantId]) -> Result<Vec<StockRow>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Columns> = stock::table
        .filter(stock::tenant_id.eq(tx.tenant().uuid()))
        .filter(stock::variant_id.eq_any(ids))
        .order(stock::variant_id)
        .for_update()
        .select((
            stock::variant_id,
            stock::on_hand,
            stock::reserved,
            stock::version,
        ))
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(row).collect())
}

/// Stores new counts, in one statement, and answers the rows with their new versions.
pub async fn save_stock(
    tx: &TenantTx,
    changed: &[(VariantId, Stock)],
) -> Result<Vec<StockRow>, Error> {
    let rows: Vec<_> = changed
        .iter()
        .map(|(variant, counts)| {
            (
                stock::tenant_id.eq(tx.tenant().uuid()),
                stock::variant_id.eq(variant.uuid()),
                stock::on_hand.eq(counts.on_hand),
                stock::reserved.eq(counts.reserved),
            )
        })
        .collect();
    let saved: Vec<Columns> = diesel::insert_into(stock::table)
        .values(rows)
        .on_conflict((stock::tenant_id, stock::variant_id))
        .do_update()
        .set((
            stock::on_hand.eq(excluded(stock::on_hand)),
            stock::reserved.eq(excluded(stock::reserved)),
            stock::version.eq(stock::version + 1),
        ))
        .returning((
            stock::variant_id,
            stock::on_hand,
            stock::reserved,
            stock::version,
        ))
        .get_results(&mut tx.conn())
        .await?;
    Ok(saved.into_iter().map(row).collect())
}

pub async fn create_movements(tx: &TenantTx, rows: &[MovementRow]) -> Result<(), Error> {
    diesel::insert_into(stock_movement::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The stock of the store's variants, by id from after `after` on.
pub async fn list_stock(
    tx: &TenantTx,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<StockRow>, Error> {
    let rows: Vec<Columns> = stock::table
        .filter(stock::tenant_id.eq(tx.tenant().uuid()))
        .filter(stock::variant_id.gt(after.unwrap_or(Uuid::nil())))
        .order(stock::variant_id)
        .limit(limit)
        .select((
            stock::variant_id,
            stock::on_hand,
            stock::reserved,
            stock::version,
        ))
        .load(&mut tx.conn())
        .await?;
    Ok(rows.into_iter().map(row).collect())
}

/// A variant's movements, the newest first.
pub async fn list_movements(
    tx: &TenantTx,
    variant: VariantId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<MovementRow>, Error> {
    let rows = stock_movement::table
        .filter(stock_movement::tenant_id.eq(tx.tenant().uuid()))
        .filter(stock_movement::variant_id.eq(variant.uuid()))
        .filter(stock_movement::id.lt(before.unwrap_or(Uuid::max())))
        .order(stock_movement::id.desc())
        .limit(limit)
        .select(MovementRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}
