//! Hosts that merchants bring, and how far each is proven.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::DomainId;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::domain;

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = domain, treat_none_as_null = true)]
pub struct DomainRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub host: String,
    pub token: String,
    pub state: String,
    pub is_primary: bool,
    pub problem: Option<String>,
    pub seen: Option<Value>,
    pub failures: i32,
    pub checked_at: Option<OffsetDateTime>,
    pub next_check_at: Option<OffsetDateTime>,
    pub verified_at: Option<OffsetDateTime>,
    pub certified_at: Option<OffsetDateTime>,
    pub version: i64,
    pub created_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
}

pub async fn create_domain(tx: &TenantTx, row: &DomainRow) -> Result<(), Error> {
    diesel::insert_into(domain::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_domain(tx: &TenantTx, id: DomainId) -> Result<Option<DomainRow>, Error> {
    Ok(domain::table
        .find((tx.tenant().uuid(), id.uuid()))
        .select(DomainRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// The domain, which nobody else changes until the end of the transaction.
pub async fn lock_domain(tx: &TenantTx, id: DomainId) -> Result<Option<DomainRow>, Error> {
    Ok(domain::table
        .filter(
            domain::tenant_id
                .eq(tx.tenant().uuid())
                .and(domain::id.eq(id.uuid())),
        )
        .select(DomainRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// The same by its host.
pub async fn lock_by_host(tx: &TenantTx, host: &str) -> Result<Option<DomainRow>, Error> {
    Ok(domain::table
        .filter(
            domain::tenant_id
                .eq(tx.tenant().uuid())
                .and(domain::host.eq(host)),
        )
        .select(DomainRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// In the order in which they were added.
pub async fn list_domains(
    tx: &TenantTx,
    after: Option<DomainId>,
    limit: i64,
) -> Result<Vec<DomainRow>, Error> {
    let mut query = domain::table
        .filter(domain::tenant_id.eq(tx.tenant().uuid()))
        .order(domain::id)
        .limit(limit)
        .select(DomainRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(domain::id.gt(after.uuid()));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// Every host that the store says is its own, proven or not.
pub async fn list_hosts(tx: &TenantTx) -> Result<Vec<String>, Error> {
    Ok(domain::table
        .filter(domain::tenant_id.eq(tx.tenant().uuid()))
        .order(domain::id)
        .select(domain::host)
        .load(&mut tx.conn())
        .await?)
}

/// Where the store answers besides `slug.BASE_DOMAIN`, the primary one first.
pub async fn list_served(tx: &TenantTx) -> Result<Vec<String>, Error> {
    Ok(domain::table
        .filter(domain::tenant_id.eq(tx.tenant().uuid()))
        .filter(domain::certified_at.is_not_null())
        .order((domain::is_primary.desc(), domain::id))
        .select(domain::host)
        .load(&mut tx.conn())
        .await?)
}

/// The one to which the store's other hosts lead, if it has any of its own.
pub async fn find_primary(tx: &TenantTx) -> Result<Option<String>, Error> {
    Ok(domain::table
        .filter(domain::tenant_id.eq(tx.tenant().uuid()))
        .filter(domain::is_primary)
        .select(domain::host)
        .first(&mut tx.conn())
        .await
        .optional()?)
}

pub async fn save_domain(tx: &TenantTx, row: &DomainRow) -> Result<(), Error> {
    diesel::update(domain::table.find((tx.tenant().uuid(), row.id)))
        .set(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Makes one of the hosts at which the store answers the primary one, and no other.
pub async fn save_primary(tx: &TenantTx, id: DomainId) -> Result<(), Error> {
    unset_primary(tx).await?;
    diesel::update(domain::table.find((tx.tenant().uuid(), id.uuid())))
        .set((
            domain::is_primary.eq(true),
            domain::version.eq(domain::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

async fn unset_primary(tx: &TenantTx) -> Result<(), Error> {
    diesel::update(domain::table)
        .filter(domain::tenant_id.eq(tx.tenant().uuid()))
        .filter(domain::is_primary)
        .set((
            domain::is_primary.eq(false),
            domain::version.eq(domain::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The oldest of the hosts at which the store answers becomes the primary one, where none is.
pub async fn ensure_primary(tx: &TenantTx) -> Result<(), Error> {
    if find_primary(tx).await?.is_some() {
        return Ok(());
    }
    let oldest: Option<Uuid> = domain::table
        .filter(domain::tenant_id.eq(tx.tenant().uuid()))
        .filter(domain::certified_at.is_not_null())
        .order((domain::certified_at, domain::id))
        .select(domain::id)
        .first(&mut tx.conn())
        .await
        .optional()?;
    match oldest {
        Some(id) => save_primary(tx, DomainId::from_uuid(id)).await,
        None => Ok(()),
    }
}

pub async fn delete_domain(tx: &TenantTx, id: DomainId) -> Result<(), Error> {
    diesel::delete(domain::table.find((tx.tenant().uuid(), id.uuid())))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Domains of all stores that are to be looked at, the longest due first.
pub async fn list_due(
    tx: &SystemTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<DomainRow>, Error> {
    Ok(domain::table
        .filter(domain::next_check_at.le(now))
        .order(domain::next_check_at)
        .limit(limit)
        .select(DomainRow::as_select())
        .load(&mut tx.conn())
        .await?)
}
