//! Where merchants' programs hear of events.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::endpoint;

#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = endpoint, treat_none_as_null = true)]
pub struct EndpointRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub url: String,
    pub description: String,
    pub types: Vec<String>,
    /// Sealed.
    pub secret: Vec<u8>,
    pub former_secret: Option<Vec<u8>>,
    pub former_until: Option<OffsetDateTime>,
    pub enabled: bool,
    pub disabled_reason: Option<String>,
    pub failing_since: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub version: i64,
}

pub async fn create(tx: &TenantTx, row: &EndpointRow) -> Result<(), Error> {
    diesel::insert_into(endpoint::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find(tx: &TenantTx, id: Uuid) -> Result<Option<EndpointRow>, Error> {
    let row = endpoint::table
        .filter(endpoint::tenant_id.eq(tx.tenant().uuid()))
        .filter(endpoint::id.eq(id))
        .select(EndpointRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

pub async fn lock(tx: &TenantTx, id: Uuid) -> Result<Option<EndpointRow>, Error> {
    let row = endpoint::table
        .filter(endpoint::tenant_id.eq(tx.tenant().uuid()))
        .filter(endpoint::id.eq(id))
        .select(EndpointRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// The newest first; a store has few.
pub async fn list(tx: &TenantTx) -> Result<Vec<EndpointRow>, Error> {
    let rows = endpoint::table
        .filter(endpoint::tenant_id.eq(tx.tenant().uuid()))
        .order(endpoint::id.desc())
        .select(EndpointRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// The endpoints that want to hear of a type.
pub async fn list_wanting(tx: &TenantTx, kind: &str) -> Result<Vec<Uuid>, Error> {
    let ids = endpoint::table
        .filter(endpoint::tenant_id.eq(tx.tenant().uuid()))
        .filter(endpoint::enabled)
        .filter(endpoint::types.contains(vec![kind.to_owned()]))
        .select(endpoint::id)
        .load(&mut tx.conn())
        .await?;
    Ok(ids)
}

pub async fn save(tx: &TenantTx, row: &EndpointRow) -> Result<(), Error> {
    diesel::update(endpoint::table)
        .filter(endpoint::tenant_id.eq(tx.tenant().uuid()))
        .filter(endpoint::id.eq(row.id))
        .set(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn delete(tx: &TenantTx, id: Uuid) -> Result<Option<EndpointRow>, Error> {
    let gone = diesel::delete(endpoint::table)
        .filter(endpoint::tenant_id.eq(tx.tenant().uuid()))
        .filter(endpoint::id.eq(id))
        .returning(EndpointRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(gone)
}
