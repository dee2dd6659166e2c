//! Refunds as orders sees them: asked for, and what became of it.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::RefundId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::refund;

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
}

pub async fn create_refund(tx: &TenantTx, row: &RefundRow) -> Result<(), Error> {
    diesel::insert_into(refund::table)
        .values(row)
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

pub async fn save_status(tx: &TenantTx, id: RefundId, status: &str) -> Result<(), Error> {
    diesel::update(refund::table)
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::id.eq(id.uuid()))
        .set(refund::status.eq(status))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
