//! How many products a store has.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::schema::store_usage::{self, dsl as u};

/// Counts one more product and answers how many there are now. Holds the count until the end of the
/// transaction: creations of one store come one after another.
pub async fn add_product(tx: &TenantTx) -> Result<i64, Error> {
    let count = diesel::insert_into(store_usage::table)
        .values((u::tenant_id.eq(tx.tenant().uuid()), u::products.eq(1_i64)))
        .on_conflict(u::tenant_id)
        .do_update()
        .set(u::products.eq(store_usage::products + excluded(u::products)))
        .returning(u::products)
        .get_result(&mut tx.conn())
        .await?;
    Ok(count)
}

pub async fn remove_product(tx: &TenantTx) -> Result<(), Error> {
    diesel::update(store_usage::table.find(tx.tenant().uuid()))
        .set(u::products.eq(store_usage::products - 1))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
