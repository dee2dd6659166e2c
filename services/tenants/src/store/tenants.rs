//! Stores and their host names.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{store_config, tenant};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tenant, treat_none_as_null = true)]
pub struct TenantRow {
    pub tenant_id: Uuid,
    pub slug: String,
    pub name: String,
    pub status: String,
    pub suspended_reason: Option<String>,
    pub plan: String,
    pub country: String,
    pub locale: String,
    pub currency: String,
    pub time_zone: String,
    pub tax_number: Option<String>,
    pub contact_email: String,
    pub trial_ends_at: Option<OffsetDateTime>,
    pub version: i64,
    pub created_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
}

/// A store in the sysadmin's list, with its template.
pub type Listed = (TenantRow, String);

pub async fn create_tenant(tx: &TenantTx, row: &TenantRow) -> Result<(), Error> {
    diesel::insert_into(tenant::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn get_tenant(tx: &TenantTx) -> Result<TenantRow, Error> {
    Ok(tenant::table
        .find(tx.tenant().uuid())
        .select(TenantRow::as_select())
        .first(&mut tx.conn())
        .await?)
}

/// The store of this transaction, which nobody else changes until its end.
pub async fn lock_tenant(tx: &TenantTx) -> Result<Option<TenantRow>, Error> {
    Ok(tenant::table
        .filter(tenant::tenant_id.eq(tx.tenant().uuid()))
        .select(TenantRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?)
}

pub async fn find_listed(tx: &TenantTx) -> Result<Option<Listed>, Error> {
    Ok(tenant::table
        .inner_join(store_config::table.on(store_config::tenant_id.eq(tenant::tenant_id)))
        .filter(tenant::tenant_id.eq(tx.tenant().uuid()))
        .select((TenantRow::as_select(), store_config::template_id))
        .first(&mut tx.conn())
        .await
        .optional()?)
}

pub async fn save_tenant(tx: &TenantTx, row: &TenantRow) -> Result<(), Error> {
    diesel::update(tenant::table.find(tx.tenant().uuid()))
        .set(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What a sysadmin looks for; every field narrows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sought<'a> {
    pub status: Option<&'a str>,
    pub slug: Option<&'a str>,
    /// Part of the slug or of the name.
    pub q: Option<&'a str>,
}

/// The text as part of a pattern: what means something in patterns means itself.
pub(super) fn literal(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// All stores of the platform, the newest first.
pub async fn list_tenants(
    tx: &SystemTx,
    sought: Sought<'_>,
    after: Option<TenantId>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let mut query = tenant::table
        .inner_join(store_config::table.on(store_config::tenant_id.eq(tenant::tenant_id)))
        .select((TenantRow::as_select(), store_config::template_id))
        .order(tenant::tenant_id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(status) = sought.status {
        query = query.filter(tenant::status.eq(status.to_owned()));
    }
    if let Some(slug) = sought.slug {
        query = query.filter(tenant::slug.eq(slug.to_lowercase()));
    }
    if let Some(part) = sought.q {
        let pattern = format!("%{}%", literal(part));
        let in_name = tenant::name.ilike(pattern.clone());
        query = query.filter(tenant::slug.ilike(pattern).or(in_name));
    }
    if let Some(after) = after {
        query = query.filter(tenant::tenant_id.lt(after.uuid()));
    }
    Ok(query.load(&mut tx.conn()).await?)
}
