//! Disputes of payments.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::dispute;

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = dispute)]
pub struct DisputeRow {
    pub tenant_id: Uuid,
    pub stripe_dispute: String,
    pub payment_id: Uuid,
    pub order_id: Uuid,
    pub status: String,
    pub reason: String,
    pub amount_minor: i64,
    pub currency: String,
    pub due_by: Option<OffsetDateTime>,
    pub closed: bool,
    pub version: i64,
    pub opened_at: OffsetDateTime,
    pub closed_at: Option<OffsetDateTime>,
    /// Taken from the store and not given back.
    pub withdrawn_minor: i64,
    pub fee_minor: i64,
}

/// Locks what is known of a dispute.
pub async fn lock_dispute(tx: &TenantTx, id: &str) -> Result<Option<DisputeRow>, Error> {
    let found = dispute::table
        .filter(dispute::tenant_id.eq(tx.tenant().uuid()))
        .filter(dispute::stripe_dispute.eq(id))
        .select(DisputeRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The disputes of one payment, the oldest first.
pub async fn list_of_payment(tx: &TenantTx, payment: Uuid) -> Result<Vec<DisputeRow>, Error> {
    let rows = dispute::table
        .filter(dispute::tenant_id.eq(tx.tenant().uuid()))
        .filter(dispute::payment_id.eq(payment))
        .order(dispute::opened_at)
        .select(DisputeRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Stores the newest word.
pub async fn save_dispute(
    tx: &TenantTx,
    row: &DisputeRow,
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::insert_into(dispute::table)
        .values(row)
        .on_conflict((dispute::tenant_id, dispute::stripe_dispute))
        .do_update()
        .set((
            dispute::status.eq(excluded(dispute::status)),
            dispute::due_by.eq(excluded(dispute::due_by)),
            dispute::closed.eq(excluded(dispute::closed)),
            dispute::version.eq(excluded(dispute::version)),
            dispute::closed_at.eq(excluded(dispute::closed_at)),
            dispute::withdrawn_minor.eq(excluded(dispute::withdrawn_minor)),
            dispute::fee_minor.eq(excluded(dispute::fee_minor)),
            dispute::updated_at.eq(now),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
