//! A store's public configuration.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::store_config;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = store_config)]
pub struct ConfigRow {
    pub tenant_id: Uuid,
    pub template_id: String,
    pub theme: Value,
    pub contact_phone: Option<String>,
    pub version: i64,
    pub changed_at: OffsetDateTime,
}

pub async fn create_config(tx: &TenantTx, row: &ConfigRow) -> Result<(), Error> {
    diesel::insert_into(store_config::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn get_config(tx: &TenantTx) -> Result<ConfigRow, Error> {
    Ok(store_config::table
        .find(tx.tenant().uuid())
        .select(ConfigRow::as_select())
        .first(&mut tx.conn())
        .await?)
}
