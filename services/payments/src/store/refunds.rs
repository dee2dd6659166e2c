//! Refunds: asked for by orders, made in Stripe's dashboard, or of a second payment.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use kernel::{RefundId, TenantId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::payments::PaymentRow;
use super::schema::refund;
use crate::domain::refund::RefundStatus;

/// Asked for by orders.
pub const ORDER: &str = "order";
/// Made in Stripe's dashboard.
pub const DASHBOARD: &str = "dashboard";
/// Of a payment whose order was paid already.
pub const SECOND_PAYMENT: &str = "second_payment";
/// Reasons of orders for which no person asked: the contract's words.
const LATE: [&str; 2] = ["paid_too_late", "order_cancelled"];

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
    pub returns_fee: bool,
    pub key_number: i32,
}

impl RefundRow {
    /// A refund that Stripe is still to be asked for.
    pub fn requested(
        payment: &PaymentRow,
        id: RefundId,
        (origin, reason): (&str, &str),
        amount_minor: i64,
        now: OffsetDateTime,
    ) -> Self {
        Self {
            tenant_id: payment.tenant_id,
            id: id.uuid(),
            payment_id: payment.id,
            order_id: payment.order_id,
            stripe_refund: None,
            origin: origin.to_owned(),
            status: RefundStatus::Requested.as_str().to_owned(),
            amount_minor,
            currency: payment.currency.clone(),
            reason: reason.to_owned(),
            failure: None,
            attempts: 0,
            retry_at: now,
            created_at: now,
            updated_at: now,
            version: 1,
            returns_fee: true,
            key_number: 1,
        }
    }

    pub fn status(&self) -> RefundStatus {
        RefundStatus::parse(&self.status).expect("the table's check allows only known states")
    }

    pub fn set_status(&mut self, status: RefundStatus) {
        status.as_str().clone_into(&mut self.status);
    }

    /// Whether orders asked for it by itself, because the money came for an order that had ended: no
    /// person waits for it.
    pub fn is_of_late_payment(&self) -> bool {
        self.origin == ORDER && LATE.contains(&self.reason.as_str())
    }

    /// Whether it is a step of ours that orders knows nothing of.
    pub fn is_of_second_payment(&self) -> bool {
        self.origin == SECOND_PAYMENT
    }
}

/// Makes a refund unless it is there; answers whether it is new.
pub async fn create_refund(tx: &TenantTx, row: &RefundRow) -> Result<bool, Error> {
    let made = diesel::insert_into(refund::table)
        .values(row)
        .on_conflict_do_nothing()
        .prepared()
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

/// The refunds of one payment, the oldest first.
pub async fn list_of_payment(tx: &TenantTx, payment: Uuid) -> Result<Vec<RefundRow>, Error> {
    let rows = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::payment_id.eq(payment))
        .order(refund::created_at)
        .select(RefundRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
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
            refund::key_number.eq(row.key_number),
        ))
        .prepared()
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
        // Not a parameter: a plan that is kept for any state could not use the index of the unsent.
        .filter(sql::<Bool>("status = 'requested'"))
        .filter(refund::retry_at.le(now))
        .order(refund::retry_at)
        .limit(limit)
        .select((refund::tenant_id, refund::id))
        .prepared()
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, id)| (TenantId::from_uuid(tenant), RefundId::from_uuid(id)))
        .collect())
}
