//! A small service to try the wall on.

use db::{Db, EmbeddedMigrations, Schema, TenantTx, embed_migrations};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use uuid::Uuid;

static MIGRATIONS: EmbeddedMigrations = embed_migrations!("tests/migrations");

pub const SCHEMA: Schema = Schema {
    name: "sample",
    migrations: &MIGRATIONS,
};

diesel::table! {
    thing (tenant_id, id) {
        tenant_id -> Uuid,
        id -> Uuid,
        name -> Text,
    }
}

pub async fn create_thing(tx: &mut TenantTx, name: &str) -> Result<(), db::Error> {
    let (tenant, id) = (tx.tenant().uuid(), Uuid::now_v7());
    diesel::insert_into(thing::table)
        .values((
            thing::tenant_id.eq(tenant),
            thing::id.eq(id),
            thing::name.eq(name),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Every name the transaction can see: on purpose without the predicate, which is the first wall.
pub async fn list_names(db: &Db, tenant: TenantId) -> Vec<String> {
    db.read(tenant, async |tx| visible_names(tx).await)
        .await
        .unwrap()
}

pub async fn visible_names(tx: &TenantTx) -> Result<Vec<String>, db::Error> {
    Ok(thing::table
        .select(thing::name)
        .order(thing::name)
        .load(&mut tx.conn())
        .await?)
}
