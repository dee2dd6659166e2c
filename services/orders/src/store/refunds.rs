//! Refunds as orders sees them: asked for, and what became of it.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{OrderId, RefundId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::refund;

/// Refunds of one order that are shown.
const REFUNDS_MAX: i64 = 200;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = refund)]
pub struct RefundRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub order_id: Uuid,
    pub amount_minor: i64,
    pub status: String,
    pub reason: String,
    pub created_at: OffsetDateTime,
    /// Of the newest word that was heard of it; 0 before any.
    pub version: i64,
    /// Begun in the provider's dashboard.
    pub external: bool,
    /// What staff wrote beside it.
    pub note: String,
}

pub async fn create_refund(tx: &TenantTx, row: &RefundRow) -> Result<(), Error> {
    diesel::insert_into(refund::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn lock_refund(tx: &TenantTx, id: RefundId) -> Result<Option<RefundRow>, Error> {
    let found = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::id.eq(id.uuid()))
        .for_update()
        .select(RefundRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn save_refund(tx: &TenantTx, row: &RefundRow) -> Result<(), Error> {
    diesel::update(refund::table)
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::id.eq(row.id))
        .set((
            refund::status.eq(&row.status),
            refund::version.eq(row.version),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// An order's refunds, the oldest first, at most [`REFUNDS_MAX`].
pub async fn list_refunds(tx: &TenantTx, order: OrderId) -> Result<Vec<RefundRow>, Error> {
    let rows = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::order_id.eq(order.uuid()))
        .order(refund::id)
        .limit(REFUNDS_MAX)
        .select(RefundRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}
