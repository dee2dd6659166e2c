//! Attempts to pay.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
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
    pub charge_id: Option<String>,
    pub card_brand: Option<String>,
    pub card_last4: Option<String>,
    pub decline_id: Option<String>,
    pub declined_at: Option<OffsetDateTime>,
    pub fee_returned_minor: i64,
    pub look_at: OffsetDateTime,
    /// Of the checkout (W3C Trace Context): what the provider tells later belongs to its trace.
    pub traceparent: Option<String>,
}

impl PaymentRow {
    pub fn payment_id(&self) -> PaymentId {
        PaymentId::from_uuid(self.id)
    }

    pub fn order(&self) -> OrderId {
        OrderId::from_uuid(self.order_id)
    }

    pub fn status(&self) -> PaymentStatus {
        PaymentStatus::parse(&self.status).expect("the table's check allows only known states")
    }

    pub fn set_status(&mut self, status: PaymentStatus) {
        status.as_str().clone_into(&mut self.status);
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

    pub fn refunded(&self) -> Money {
        Money::new(self.refunded_minor, self.currency())
    }
}

pub async fn create_payment(tx: &TenantTx, row: &PaymentRow) -> Result<(), Error> {
    diesel::insert_into(payment::table)
        .values(row)
        .prepared()
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

pub async fn find_payment(tx: &TenantTx, id: PaymentId) -> Result<Option<PaymentRow>, Error> {
    let found = payment::table
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::id.eq(id.uuid()))
        .select(PaymentRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
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

/// Locks the attempt that an intent belongs to. One whose intent was never stored is found by the
/// id that we wrote into the intent's metadata.
pub async fn lock_by_intent(
    tx: &TenantTx,
    intent: &str,
    written: Option<Uuid>,
) -> Result<Option<PaymentRow>, Error> {
    let bound = payment::table
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::intent_id.eq(intent))
        .select(PaymentRow::as_select())
        .for_update()
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
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(unbound)
}

/// Binds an attempt to its intent, when no webhook was faster.
pub async fn save_intent(
    tx: &TenantTx,
    id: PaymentId,
    intent: &str,
    now: OffsetDateTime,
) -> Result<Option<PaymentRow>, Error> {
    let bound = diesel::update(payment::table)
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::id.eq(id.uuid()))
        .filter(payment::intent_id.is_null())
        .filter(payment::status.eq(PaymentStatus::Creating.as_str()))
        .set((
            payment::intent_id.eq(intent),
            payment::status.eq(PaymentStatus::RequiresPaymentMethod.as_str()),
            payment::updated_at.eq(now),
            payment::version.eq(payment::version + 1),
        ))
        .returning(PaymentRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(bound)
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
            payment::charge_id.eq(&row.charge_id),
            payment::card_brand.eq(&row.card_brand),
            payment::card_last4.eq(&row.card_last4),
            payment::decline_id.eq(&row.decline_id),
            payment::declined_at.eq(row.declined_at),
            payment::fee_returned_minor.eq(row.fee_returned_minor),
            payment::look_at.eq(row.look_at),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// When an attempt is compared with Stripe next. Nothing anybody is told of.
pub async fn save_look_at(
    tx: &TenantTx,
    id: PaymentId,
    look_at: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(payment::table)
        .filter(payment::tenant_id.eq(tx.tenant().uuid()))
        .filter(payment::id.eq(id.uuid()))
        .set(payment::look_at.eq(look_at))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// As the index of the unfinished has it; the states that are not final.
const UNFINISHED: &str =
    "status IN ('creating', 'requires_payment_method', 'requires_action', 'processing')";

/// Unfinished attempts whose time to be compared with Stripe has come: a webhook may have been lost.
pub async fn list_silent(
    tx: &SystemTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<(TenantId, PaymentId)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = payment::table
        // Not parameters: a plan that is kept for any states could not use the index of the unfinished.
        .filter(sql::<Bool>(UNFINISHED))
        .filter(payment::look_at.le(now))
        .order(payment::look_at)
        .limit(limit)
        .select((payment::tenant_id, payment::id))
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, id)| (TenantId::from_uuid(tenant), PaymentId::from_uuid(id)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unfinished_are_those_whose_state_is_not_final() {
        for status in PaymentStatus::ALL {
            let is_named = UNFINISHED.contains(&format!("'{}'", status.as_str()));
            assert_eq!(is_named, !status.is_final(), "{}", status.as_str());
        }
    }
}
