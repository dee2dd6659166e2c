//! A store's public configuration.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::store_config;

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = store_config, treat_none_as_null = true)]
pub struct ConfigRow {
    pub tenant_id: Uuid,
    pub template_id: String,
    pub theme: Value,
    pub contact_phone: Option<String>,
    pub version: i64,
    pub changed_at: OffsetDateTime,
    /// Sections by page, once the merchant published his own.
    pub sections: Option<Value>,
    pub tokens: Value,
    /// Number of the version that is shown.
    pub published: Option<i32>,
    pub minimum_age: Option<i16>,
    pub legal_name: Option<String>,
    pub address: Option<Value>,
    pub complaints_book_url: Option<String>,
    pub dispute_body: Option<Value>,
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

pub async fn save_config(tx: &TenantTx, row: &ConfigRow) -> Result<(), Error> {
    diesel::update(store_config::table.find(tx.tenant().uuid()))
        .set(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
