//! Where old addresses lead.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{category, product, redirect};

pub const PRODUCT: &str = "product";
pub const CATEGORY: &str = "category";

/// An old address and what it leads to.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = redirect)]
pub struct RedirectRow {
    pub tenant_id: Uuid,
    pub path: String,
    pub kind: String,
    pub target_id: Uuid,
    pub created_at: OffsetDateTime,
}

/// Writes where these addresses lead; the last word counts.
pub async fn save_redirects(tx: &TenantTx, rows: &[RedirectRow]) -> Result<(), Error> {
    diesel::insert_into(redirect::table)
        .values(rows)
        .on_conflict((redirect::tenant_id, redirect::path))
        .do_update()
        .set((
            redirect::kind.eq(excluded(redirect::kind)),
            redirect::target_id.eq(excluded(redirect::target_id)),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_redirect(tx: &TenantTx, path: &str) -> Result<Option<RedirectRow>, Error> {
    let found = redirect::table
        .find((tx.tenant().uuid(), path))
        .select(RedirectRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The present address of what a redirect leads to; nothing when it is gone.
pub async fn find_slug(tx: &TenantTx, row: &RedirectRow) -> Result<Option<String>, Error> {
    let key = (tx.tenant().uuid(), row.target_id);
    let mut connection = tx.conn();
    let found = if row.kind == PRODUCT {
        let slug = product::table.find(key).select(product::slug);
        slug.first(&mut connection).await
    } else {
        let slug = category::table.find(key).select(category::slug);
        slug.first(&mut connection).await
    };
    Ok(found.optional()?)
}

/// By path, after the one that was seen last.
pub async fn list_redirects(
    tx: &TenantTx,
    after: Option<String>,
    rows: i64,
) -> Result<Vec<RedirectRow>, Error> {
    let mut query = redirect::table
        .filter(redirect::tenant_id.eq(tx.tenant().uuid()))
        .order(redirect::path)
        .limit(rows)
        .select(RedirectRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(redirect::path.gt(after));
    }
    Ok(query.load(&mut tx.conn()).await?)
}
