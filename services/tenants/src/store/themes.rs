//! Drafts of looks, and what was published.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{theme_draft, theme_version};

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = theme_draft, treat_none_as_null = true)]
pub struct DraftRow {
    pub tenant_id: Uuid,
    pub template_id: String,
    pub sections: Option<Value>,
    pub tokens: Value,
    pub version: i64,
    pub changed_at: OffsetDateTime,
}

#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = theme_version)]
pub struct VersionRow {
    pub tenant_id: Uuid,
    pub number: i32,
    pub template_id: String,
    pub sections: Option<Value>,
    pub tokens: Value,
    pub published_at: OffsetDateTime,
    pub published_by: String,
}

pub async fn find_draft(tx: &TenantTx) -> Result<Option<DraftRow>, Error> {
    Ok(theme_draft::table
        .find(tx.tenant().uuid())
        .select(DraftRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Whoever saves holds the store's lock, so nobody else's draft is replaced unseen.
pub async fn save_draft(tx: &TenantTx, row: &DraftRow) -> Result<(), Error> {
    diesel::insert_into(theme_draft::table)
        .values(row)
        .on_conflict(theme_draft::tenant_id)
        .do_update()
        .set(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn create_version(tx: &TenantTx, row: &VersionRow) -> Result<(), Error> {
    diesel::insert_into(theme_version::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_version(tx: &TenantTx, number: i32) -> Result<Option<VersionRow>, Error> {
    Ok(theme_version::table
        .find((tx.tenant().uuid(), number))
        .select(VersionRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Those that are kept, the newest first.
pub async fn list_versions(tx: &TenantTx) -> Result<Vec<VersionRow>, Error> {
    Ok(theme_version::table
        .filter(theme_version::tenant_id.eq(tx.tenant().uuid()))
        .order(theme_version::number.desc())
        .select(VersionRow::as_select())
        .load(&mut tx.conn())
        .await?)
}

/// Forgets what was published up to this one.
pub async fn delete_versions(tx: &TenantTx, up_to: i32) -> Result<(), Error> {
    diesel::delete(theme_version::table)
        .filter(
            theme_version::tenant_id
                .eq(tx.tenant().uuid())
                .and(theme_version::number.le(up_to)),
        )
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
