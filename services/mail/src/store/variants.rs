//! Names of what is sold, and whether little of it is left.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::variant_seen;

/// A variant's names from a product's event.
pub struct Named {
    pub variant: Uuid,
    pub title: String,
    pub sku: String,
    pub version: i64,
}

pub async fn save_names(tx: &TenantTx, names: &[Named]) -> Result<(), Error> {
    use variant_seen as v;
    let rows: Vec<_> = names
        .iter()
        .map(|named| {
            (
                v::tenant_id.eq(tx.tenant().uuid()),
                v::variant_id.eq(named.variant),
                v::title.eq(&named.title),
                v::sku.eq(&named.sku),
                v::version.eq(named.version),
            )
        })
        .collect();
    let insert = diesel::insert_into(v::table)
        .values(rows)
        .on_conflict((v::tenant_id, v::variant_id))
        .do_update()
        .set((
            v::title.eq(excluded(v::title)),
            v::sku.eq(excluded(v::sku)),
            v::version.eq(excluded(v::version)),
        ));
    diesel::query_dsl::methods::FilterDsl::filter(insert, excluded(v::version).gt(v::version))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Notes whether little is left. Answers the names when that became so with this news.
pub async fn save_low(
    tx: &TenantTx,
    variant: Uuid,
    version: i64,
    is_low: bool,
) -> Result<Option<(String, String)>, Error> {
    use variant_seen as v;
    if !is_low {
        // Most news of stock: one statement, and mostly of no row.
        diesel::update(v::table)
            .filter(v::tenant_id.eq(tx.tenant().uuid()))
            .filter(v::variant_id.eq(variant))
            .filter(v::is_low)
            .filter(v::stock_version.lt(version))
            .set((v::is_low.eq(false), v::stock_version.eq(version)))
            .prepared()
            .execute(&mut tx.conn())
            .await?;
        return Ok(None);
    }
    diesel::insert_into(v::table)
        .values((
            v::tenant_id.eq(tx.tenant().uuid()),
            v::variant_id.eq(variant),
        ))
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let before: (bool, i64, String, String) = v::table
        .filter(v::tenant_id.eq(tx.tenant().uuid()))
        .filter(v::variant_id.eq(variant))
        .select((v::is_low, v::stock_version, v::title, v::sku))
        .for_update()
        .first(&mut tx.conn())
        .await?;
    let (was_low, seen, title, sku) = before;
    if version <= seen {
        return Ok(None);
    }
    diesel::update(v::table)
        .filter(v::tenant_id.eq(tx.tenant().uuid()))
        .filter(v::variant_id.eq(variant))
        .set((v::is_low.eq(true), v::stock_version.eq(version)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok((!was_low).then_some((title, sku)))
}
