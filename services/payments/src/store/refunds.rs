//! Refunds: asked for by orders, made in Stripe's dashboard, or of a second payment.

use db::{Error, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{RefundId, TenantId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::refund;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = refund)]
pub struct RefundRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub payment_id: Uuid,
    pub order_id: Uuid,
    pub stripe_refund: Option<String>,
    pub origin: String,
    pub status: String,
    pub amount_minor: i64,
    pub currency: String,
    pub reason: String,
    pub failure: Option<String>,
    pub attempts: i32,
    pub retry_at: OffsetDateTime,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub version: i64,
}

/// Makes a refund unless it is there; answers whether it is new.
pub async fn create_refund(tx: &TenantTx, row: &RefundRow) -> Result<bool, Error> {
    let made = diesel::insert_into(refund::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(made == 1)
}

pub async fn lock_refund(tx: &TenantTx, id: RefundId) -> Result<Option<RefundRow>, Error> {
    let found = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::id.eq(id.uuid()))
        .select(RefundRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn lock_by_stripe(tx: &TenantTx, id: &str) -> Result<Option<RefundRow>, Error> {
    let found = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::stripe_refund.eq(id))
        .select(RefundRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// What is on its way back or has come back of a payment, in minor units.
pub async fn sum_of_payment(tx: &TenantTx, payment: Uuid) -> Result<i64, Error> {
    let amounts: Vec<i64> = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::payment_id.eq(payment))
        .filter(refund::status.ne("failed"))
        .select(refund::amount_minor)
        .load(&mut tx.conn())
        .await?;
    Ok(amounts.iter().sum())
}

pub async fn save_refund(tx: &TenantTx, row: &mut RefundRow) -> Result<(), Error> {
    row.version += 1;
    diesel::update(refund::table)
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::id.eq(row.id))
        .set((
            refund::stripe_refund.eq(&row.stripe_refund),
            refund::status.eq(&row.status),
            refund::failure.eq(&row.failure),
            refund::attempts.eq(row.attempts),
            refund::retry_at.eq(row.retry_at),
            refund::updated_at.eq(row.updated_at),
            refund::version.eq(row.version),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Refunds that Stripe must still be asked for.
pub async fn list_unsent(
    tx: &SystemTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<(TenantId, RefundId)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = refund::table
        .filter(refund::status.eq("requested"))
        .filter(refund::retry_at.le(now))
        .order(refund::retry_at)
        .limit(limit)
        .select((refund::tenant_id, refund::id))
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, id)| (TenantId::from_uuid(tenant), RefundId::from_uuid(id)))
        .collect())
}
