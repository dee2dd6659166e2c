//! Attempts to pay.

use db::{Error, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Currency, Money, OrderId, PaymentId, TenantId};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::payment;
use crate::domain::payment::PaymentStatus;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = payment)]
pub struct PaymentRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub order_id: Uuid,
    pub order_number: String,
    pub attempt: i32,
    pub stripe_account: String,
    pub intent_id: Option<String>,
    pub status: String,
    pub amount_minor: i64,
    pub fee_minor: i64,
    pub refunded_minor: i64,
    pub currency: String,
    pub method: Option<String>,
    pub declines: i32,
    pub last_decline: Option<String>,
    pub voucher: Option<Value>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub version: i64,
}

impl PaymentRow {
    pub fn payment_id(&self) -> PaymentId {
        PaymentId::from_uuid(self.id)
    }

    pub fn status(&self) -> PaymentStatus {
        PaymentStatus::parse(&self.status).expect("the table's check allows only known states")
    }

    pub fn currency(&self) -> Currency {
        self.currency
            .parse()
            .expect("a currency was checked before it was stored")
    }

    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency())
    }

    pub fn fee(&self) -> Money {
        Money::new(self.fee_minor, self.currency())
    }
}

pub async fn create_payment(tx: &TenantTx, row: &PaymentRow) -> Result<(), Error> {
    diesel::insert_into(payment::table)
        .values(row)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// An order's attempts, the newest first.
pub async fn list_of_order(tx: &TenantTx, order: OrderId) -> Result<Vec<PaymentRow>, Error> {
    let rows = payment::table
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::order_id.eq(order.uuid()))
        .order(payment::attempt.desc())
        .select(PaymentRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// The store's payments, newest first, from before the id `before` on.
pub async fn list_payments(
    tx: &TenantTx,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<PaymentRow>, Error> {
    let rows = payment::table
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::id.lt(before.unwrap_or(Uuid::max())))
        .order(payment::id.desc())
        .limit(limit)
        .select(PaymentRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn lock_payment(tx: &TenantTx, id: PaymentId) -> Result<Option<PaymentRow>, Error> {
    let found = payment::table
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::id.eq(id.uuid()))
        .select(PaymentRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The attempt that an intent belongs to. An intent whose answer we never stored is found by the
/// id that we wrote into its metadata, and then bound.
pub async fn find_by_intent(
    tx: &TenantTx,
    intent: &str,
    written: Option<Uuid>,
) -> Result<Option<PaymentRow>, Error> {
    let bound = payment::table
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::intent_id.eq(intent))
        .select(PaymentRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    let (None, Some(written)) = (&bound, written) else {
        return Ok(bound);
    };
    let unbound = payment::table
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::id.eq(written))
        .filter(payment::intent_id.is_null())
        .select(PaymentRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(unbound)
}

/// Stores an attempt's changed fields; its version grows by one.
pub async fn save_payment(tx: &TenantTx, row: &mut PaymentRow) -> Result<(), Error> {
    row.version += 1;
    diesel::update(payment::table)
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::id.eq(row.id))
        .set((
            payment::intent_id.eq(&row.intent_id),
            payment::status.eq(&row.status),
            payment::refunded_minor.eq(row.refunded_minor),
            payment::method.eq(&row.method),
            payment::declines.eq(row.declines),
            payment::last_decline.eq(&row.last_decline),
            payment::voucher.eq(&row.voucher),
            payment::updated_at.eq(row.updated_at),
            payment::version.eq(row.version),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Attempts that wait for Stripe's word since before `before`: a webhook may have been lost.
pub async fn list_silent(
    tx: &SystemTx,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<(TenantId, PaymentId)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = payment::table
        .filter(payment::status.eq_any([
            PaymentStatus::RequiresPaymentMethod.as_str(),
            PaymentStatus::RequiresAction.as_str(),
            PaymentStatus::Processing.as_str(),
        ]))
        .filter(payment::intent_id.is_not_null())
        .filter(payment::updated_at.lt(before))
        .order(payment::updated_at)
        .limit(limit)
        .select((payment::tenant_id, payment::id))
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, id)| (TenantId::from_uuid(tenant), PaymentId::from_uuid(id)))
        .collect())
}
