//! Stock and the ledger of its movements.

use db::{Error, Prepare, TenantTx, one_of};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::{ProductId, VariantId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{sellable_variant, stock, stock_movement};
use crate::domain::stock::Stock;

/// A variant's stock and how often it changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = stock, check_for_backend(Pg))]
pub struct StockRow {
    pub variant_id: Uuid,
    pub on_hand: i64,
    pub reserved: i64,
    pub version: i64,
    /// False: it is sold without counting, and nothing is reserved.
    pub tracked: bool,
    pub product_id: Option<Uuid>,
    /// From how many on the merchant wants to be told that it runs out; 0: never.
    pub low_stock_threshold: i64,
}

impl StockRow {
    pub fn variant(&self) -> VariantId {
        VariantId::from_uuid(self.variant_id)
    }

    pub fn stock(&self) -> Stock {
        Stock {
            on_hand: self.on_hand,
            reserved: self.reserved,
        }
    }
}

/// A variant's stock under the names that a person knows it by.
#[derive(Clone, Debug, Queryable)]
pub struct NamedStock {
    pub row: StockRow,
    pub sku: Option<String>,
    pub title: Option<String>,
    pub variant_title: Option<String>,
}

/// One line of the ledger: what was added to `on_hand` and to `reserved`.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = stock_movement, check_for_backend(Pg))]
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

/// Locks the stock of variants in the order of their ids: whoever comes second waits, and two
/// never wait for each other.
pub async fn lock_stock(tx: &TenantTx, ids: &[VariantId]) -> Result<Vec<StockRow>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = stock::table
        .filter(stock::tenant_id.eq(tx.tenant().uuid()))
        .filter(one_of(stock::variant_id, &ids))
        .order(stock::variant_id)
        .for_update()
        .select(StockRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Like [`lock_stock`], leaving alone what is not counted: nobody waits for that.
pub async fn lock_tracked(tx: &TenantTx, ids: &[VariantId]) -> Result<Vec<StockRow>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = stock::table
        .filter(stock::tenant_id.eq(tx.tenant().uuid()))
        .filter(one_of(stock::variant_id, &ids))
        .filter(stock::tracked)
        .order(stock::variant_id)
        .for_update()
        .select(StockRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Makes the rows that variants do not have yet and notes whether each is counted; answers the rows
/// that are new or changed.
pub async fn save_variants(
    tx: &TenantTx,
    variants: &[(VariantId, Option<ProductId>, bool)],
) -> Result<Vec<StockRow>, Error> {
    let rows: Vec<_> = variants
        .iter()
        .map(|(variant, product, tracked)| {
            (
                stock::tenant_id.eq(tx.tenant().uuid()),
                stock::variant_id.eq(variant.uuid()),
                stock::on_hand.eq(0),
                stock::tracked.eq(*tracked),
                stock::product_id.eq(product.map(ProductId::uuid)),
            )
        })
        .collect();
    let count = rows.len();
    let upsert = diesel::insert_into(stock::table)
        .values(rows)
        .on_conflict((stock::tenant_id, stock::variant_id))
        .do_update()
        .set((
            stock::tracked.eq(excluded(stock::tracked)),
            stock::product_id.eq(excluded(stock::product_id)),
            stock::version.eq(stock::version + 1),
        ));
    let is_other = stock::tracked
        .ne(excluded(stock::tracked))
        .or(stock::product_id.is_distinct_from(excluded(stock::product_id)));
    let changed = diesel::query_dsl::methods::FilterDsl::filter(upsert, is_other)
        .returning(StockRow::as_returning())
        .prepared_for(count)
        .get_results(&mut tx.conn())
        .await?;
    Ok(changed)
}

/// Makes a variant's row when there is none.
pub async fn create_missing(tx: &TenantTx, variant: VariantId) -> Result<(), Error> {
    diesel::insert_into(stock::table)
        .values((
            stock::tenant_id.eq(tx.tenant().uuid()),
            stock::variant_id.eq(variant.uuid()),
            stock::on_hand.eq(0),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// From how many on the merchant is told that a variant runs out; 0: never.
pub async fn save_threshold(
    tx: &TenantTx,
    variant: VariantId,
    threshold: i64,
) -> Result<(), Error> {
    diesel::update(stock::table.find((tx.tenant().uuid(), variant.uuid())))
        .set(stock::low_stock_threshold.eq(threshold))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
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
    let count = rows.len();
    let saved = diesel::insert_into(stock::table)
        .values(rows)
        .on_conflict((stock::tenant_id, stock::variant_id))
        .do_update()
        .set((
            stock::on_hand.eq(excluded(stock::on_hand)),
            stock::reserved.eq(excluded(stock::reserved)),
            stock::version.eq(stock::version + 1),
        ))
        .returning(StockRow::as_returning())
        .prepared_for(count)
        .get_results(&mut tx.conn())
        .await?;
    Ok(saved)
}

/// Stores rows that this transaction has locked, in one statement.
pub async fn save_locked(tx: &TenantTx, changed: &[StockRow]) -> Result<(), Error> {
    if changed.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = changed
        .iter()
        .map(|row| {
            (
                stock::tenant_id.eq(tx.tenant().uuid()),
                stock::variant_id.eq(row.variant_id),
                stock::on_hand.eq(row.on_hand),
                stock::reserved.eq(row.reserved),
                stock::version.eq(row.version),
            )
        })
        .collect();
    diesel::insert_into(stock::table)
        .values(rows)
        .on_conflict((stock::tenant_id, stock::variant_id))
        .do_update()
        .set((
            stock::on_hand.eq(excluded(stock::on_hand)),
            stock::reserved.eq(excluded(stock::reserved)),
            stock::version.eq(excluded(stock::version)),
        ))
        .prepared_for(changed.len())
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn create_movements(tx: &TenantTx, rows: &[MovementRow]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    diesel::insert_into(stock_movement::table)
        .values(rows)
        .prepared_for(rows.len())
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

diesel::define_sql_function! { fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text; }

/// The stock of the store's variants, by id from after `after` on; of one SKU where it is given, in whatever
/// case.
pub async fn list_stock(
    tx: &TenantTx,
    sku: Option<&str>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<NamedStock>, Error> {
    let same_tenant = sellable_variant::tenant_id.eq(stock::tenant_id);
    let same_variant = sellable_variant::variant_id.eq(stock::variant_id);
    let mut query = stock::table
        .left_join(sellable_variant::table.on(same_tenant.and(same_variant)))
        .filter(stock::tenant_id.eq(tx.tenant().uuid()))
        .filter(stock::variant_id.gt(after.unwrap_or(Uuid::nil())))
        .order(stock::variant_id)
        .limit(limit)
        .select((
            StockRow::as_select(),
            sellable_variant::sku.nullable(),
            sellable_variant::title.nullable(),
            sellable_variant::variant_title.nullable(),
        ))
        .into_boxed();
    if let Some(sku) = sku {
        query = query.filter(lower(sellable_variant::sku).eq(sku.to_lowercase()));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn count_stock(tx: &TenantTx, sku: Option<&str>) -> Result<i64, Error> {
    let same_tenant = sellable_variant::tenant_id.eq(stock::tenant_id);
    let same_variant = sellable_variant::variant_id.eq(stock::variant_id);
    let mut query = stock::table
        .left_join(sellable_variant::table.on(same_tenant.and(same_variant)))
        .filter(stock::tenant_id.eq(tx.tenant().uuid()))
        .select(diesel::dsl::count_star())
        .into_boxed();
    if let Some(sku) = sku {
        query = query.filter(lower(sellable_variant::sku).eq(sku.to_lowercase()));
    }
    Ok(query.get_result(&mut tx.conn()).await?)
}

pub async fn is_known(tx: &TenantTx, variant: VariantId) -> Result<bool, Error> {
    let row = stock::table
        .filter(stock::tenant_id.eq(tx.tenant().uuid()))
        .filter(stock::variant_id.eq(variant.uuid()));
    Ok(diesel::select(diesel::dsl::exists(row))
        .get_result(&mut tx.conn())
        .await?)
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

/// Whether anybody ever said how many of a variant are there.
pub async fn was_counted(tx: &TenantTx, variant: VariantId) -> Result<bool, Error> {
    let counts = stock_movement::table
        .filter(stock_movement::tenant_id.eq(tx.tenant().uuid()))
        .filter(stock_movement::variant_id.eq(variant.uuid()))
        .filter(stock_movement::kind.eq_any(["received", "corrected"]));
    Ok(diesel::select(diesel::dsl::exists(counts))
        .get_result(&mut tx.conn())
        .await?)
}
