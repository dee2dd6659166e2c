//! What orders says is to be had.

use std::collections::BTreeMap;

use db::{Error, Prepare, TenantTx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl;
use diesel::sql_types::{BigInt, Bool};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::{ProductId, VariantId};
use uuid::Uuid;

use super::schema::variant_stock::{self, dsl as s};
use crate::domain::document::{Stock, TOLD_STOCK_MAX};

pub async fn of_product(
    tx: &TenantTx,
    product: ProductId,
) -> Result<BTreeMap<VariantId, Stock>, Error> {
    let query = QueryDsl::filter(variant_stock::table, s::tenant_id.eq(tx.tenant().uuid()));
    let rows: Vec<(Uuid, i64, bool, bool)> =
        QueryDsl::filter(query, s::product_id.eq(product.uuid()))
            .select((s::variant_id, s::available, s::backorder, s::tracked))
            .load(&mut tx.conn())
            .await?;
    let entry = |(id, available, backorder, tracked)| {
        (
            VariantId::from_uuid(id),
            Stock {
                available,
                backorder,
                tracked,
            },
        )
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Takes a variant's state over, unless a newer one is known; answers whether it did.
pub async fn save(
    tx: &TenantTx,
    (product, variant): (ProductId, VariantId),
    stock: Stock,
    version: i64,
) -> Result<bool, Error> {
    let insert = diesel::insert_into(variant_stock::table)
        .values((
            s::tenant_id.eq(tx.tenant().uuid()),
            s::variant_id.eq(variant.uuid()),
            s::product_id.eq(product.uuid()),
            s::available.eq(stock.available),
            s::backorder.eq(stock.backorder),
            s::tracked.eq(stock.tracked),
            s::version.eq(version),
        ))
        .on_conflict((s::tenant_id, s::variant_id))
        .do_update()
        .set((
            s::product_id.eq(excluded(s::product_id)),
            s::available.eq(excluded(s::available)),
            s::backorder.eq(excluded(s::backorder)),
            s::tracked.eq(excluded(s::tracked)),
            s::version.eq(excluded(s::version)),
        ));
    let written = FilterDsl::filter(insert, excluded(s::version).gt(s::version))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(written > 0)
}

/// Takes a newer state of a known variant over, if shoppers are told the same of it as before; answers
/// whether it did. Most sales of what is well in stock end here.
pub async fn save_untold(
    tx: &TenantTx,
    variant: VariantId,
    stock: Stock,
    version: i64,
) -> Result<bool, Error> {
    let alike = sql::<Bool>("(NOT tracked OR backorder OR least(greatest(available, 0), ")
        .bind::<BigInt, _>(TOLD_STOCK_MAX)
        .sql(") = ")
        .bind::<BigInt, _>(stock.available.clamp(0, TOLD_STOCK_MAX))
        .sql(")");
    let written = diesel::update(variant_stock::table)
        .filter(s::tenant_id.eq(tx.tenant().uuid()))
        .filter(s::variant_id.eq(variant.uuid()))
        .filter(s::version.lt(version))
        .filter(s::tracked.eq(stock.tracked))
        .filter(s::backorder.eq(stock.backorder))
        .filter(alike)
        .set((s::available.eq(stock.available), s::version.eq(version)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(written > 0)
}
