//! Addresses that get nothing.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::suppression;

/// Nothing goes there.
pub const ALL: &str = "all";
/// Nothing that needs consent goes there.
pub const MARKETING: &str = "marketing";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = suppression)]
pub struct SuppressionRow {
    pub tenant_id: Uuid,
    /// The mark of the address.
    pub recipient: Vec<u8>,
    pub scope: String,
    pub id: Uuid,
    /// hard_bounce, complaint, unsubscribed or staff.
    pub reason: String,
    /// Sealed.
    pub address: Vec<u8>,
    pub created_at: OffsetDateTime,
}

/// False when it is there already.
pub async fn create(tx: &TenantTx, row: &SuppressionRow) -> Result<bool, Error> {
    let made = diesel::insert_into(suppression::table)
        .values(row)
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(made == 1)
}

/// Those of the addresses that are suppressed, each with the scope, once for every scope.
pub async fn scopes_of(
    tx: &TenantTx,
    recipients: &[&[u8]],
) -> Result<Vec<(Vec<u8>, String)>, Error> {
    let scopes = suppression::table
        .filter(suppression::tenant_id.eq(tx.tenant().uuid()))
        .filter(suppression::recipient.eq_any(recipients))
        .select((suppression::recipient, suppression::scope))
        .load(&mut tx.conn())
        .await?;
    Ok(scopes)
}

pub async fn list(
    tx: &TenantTx,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<SuppressionRow>, Error> {
    let mut query = suppression::table
        .filter(suppression::tenant_id.eq(tx.tenant().uuid()))
        .order(suppression::id.desc())
        .limit(limit)
        .select(SuppressionRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(suppression::id.lt(before));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn delete(tx: &TenantTx, id: Uuid) -> Result<Option<SuppressionRow>, Error> {
    let gone = diesel::delete(suppression::table)
        .filter(suppression::tenant_id.eq(tx.tenant().uuid()))
        .filter(suppression::id.eq(id))
        .returning(SuppressionRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(gone)
}
