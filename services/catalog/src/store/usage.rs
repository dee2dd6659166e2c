//! How many products a store has. Its row is also what changes of a store wait for when they must not
//! happen at once.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::schema::store_usage::{self, dsl as u};

/// Counts one more product and answers how many there are now. Holds the store as [`hold`] does.
pub async fn add_product(tx: &TenantTx) -> Result<i64, Error> {
    let count = diesel::insert_into(store_usage::table)
        .values((u::tenant_id.eq(tx.tenant().uuid()), u::products.eq(1_i64)))
        .on_conflict(u::tenant_id)
        .do_update()
        .set(u::products.eq(store_usage::products + excluded(u::products)))
        .returning(u::products)
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok(count)
}

/// Counts one product less. Holds the store as [`hold`] does.
pub async fn remove_product(tx: &TenantTx) -> Result<(), Error> {
    diesel::update(store_usage::table.find(tx.tenant().uuid()))
        .set(u::products.eq(store_usage::products - 1))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Holds the store until the transaction ends: nobody else creates a product or changes the tree of
/// categories meanwhile, nor saves a product that stands in it.
pub async fn hold(tx: &TenantTx) -> Result<(), Error> {
    diesel::insert_into(store_usage::table)
        .values((u::tenant_id.eq(tx.tenant().uuid()), u::products.eq(0_i64)))
        .on_conflict(u::tenant_id)
        .do_update()
        .set(u::products.eq(store_usage::products))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Keeps the tree of categories as it is until the transaction ends; others may do so too.
pub async fn share(tx: &TenantTx) -> Result<(), Error> {
    store_usage::table
        .find(tx.tenant().uuid())
        .select(u::products)
        .for_share()
        .first::<i64>(&mut tx.conn())
        .await
        .optional()?;
    Ok(())
}
