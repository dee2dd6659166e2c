//! Paid orders and their refunds, as orders told them.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use events::orders::v1::{Order, OrderPaid, OrderRefunded};
use prost::Message;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{paid_order, refund};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = paid_order)]
pub struct OrderRow {
    pub tenant_id: Uuid,
    pub order_id: Uuid,
    pub number: String,
    pub customer_id: Option<Uuid>,
    /// Of the word that opens the order.
    pub access_hash: Vec<u8>,
    pub locale: String,
    pub currency: String,
    pub total_minor: i64,
    pub is_paid: bool,
    pub is_cancelled: bool,
    pub order_version: i64,
    /// The order as it was told, in the event that says that it was paid.
    pub payload: Vec<u8>,
    pub heard_at: OffsetDateTime,
}

impl OrderRow {
    /// The order whole; nothing when it cannot be read.
    pub fn order(&self) -> Option<Order> {
        OrderPaid::decode(self.payload.as_slice()).ok()?.order
    }

    /// Whether it must have an invoice.
    pub fn is_to_invoice(&self) -> bool {
        self.is_paid && !self.is_cancelled && self.total_minor > 0
    }
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = refund)]
pub struct RefundRow {
    pub tenant_id: Uuid,
    pub refund_id: Uuid,
    pub order_id: Uuid,
    pub amount_minor: i64,
    pub payload: Vec<u8>,
    pub heard_at: OffsetDateTime,
}

impl RefundRow {
    pub fn told(&self) -> Option<OrderRefunded> {
        OrderRefunded::decode(self.payload.as_slice()).ok()
    }
}

/// Keeps what was told, when it is newer than what is kept: the version decides, so any order of arrival
/// ends in the same row.
pub async fn save_order(tx: &TenantTx, row: &OrderRow) -> Result<(), Error> {
    let upsert = diesel::insert_into(paid_order::table)
        .values(row)
        .on_conflict((paid_order::tenant_id, paid_order::order_id))
        .do_update()
        .set((
            paid_order::number.eq(excluded(paid_order::number)),
            paid_order::customer_id.eq(excluded(paid_order::customer_id)),
            paid_order::access_hash.eq(excluded(paid_order::access_hash)),
            paid_order::locale.eq(excluded(paid_order::locale)),
            paid_order::currency.eq(excluded(paid_order::currency)),
            paid_order::total_minor.eq(excluded(paid_order::total_minor)),
            paid_order::is_paid.eq(excluded(paid_order::is_paid)),
            paid_order::is_cancelled.eq(excluded(paid_order::is_cancelled)),
            paid_order::order_version.eq(excluded(paid_order::order_version)),
            paid_order::payload.eq(excluded(paid_order::payload)),
        ));
    let newer = paid_order::order_version.lt(excluded(paid_order::order_version));
    diesel::query_dsl::methods::FilterDsl::filter(upsert, newer)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Locks the order's row: whatever makes, ends or answers a document of it waits here.
pub async fn lock_order(tx: &TenantTx, order: Uuid) -> Result<Option<OrderRow>, Error> {
    let found = paid_order::table
        .filter(paid_order::tenant_id.eq(tx.tenant().uuid()))
        .filter(paid_order::order_id.eq(order))
        .select(OrderRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn find_order(tx: &TenantTx, order: Uuid) -> Result<Option<OrderRow>, Error> {
    let found = paid_order::table
        .filter(paid_order::tenant_id.eq(tx.tenant().uuid()))
        .filter(paid_order::order_id.eq(order))
        .select(OrderRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Notes a refund, once.
pub async fn create_refund(tx: &TenantTx, row: &RefundRow) -> Result<(), Error> {
    diesel::insert_into(refund::table)
        .values(row)
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_refund(tx: &TenantTx, id: Uuid) -> Result<Option<RefundRow>, Error> {
    let found = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::refund_id.eq(id))
        .select(RefundRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// An order's refunds, the oldest first.
pub async fn list_refunds(tx: &TenantTx, order: Uuid) -> Result<Vec<RefundRow>, Error> {
    let rows = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(refund::order_id.eq(order))
        .order(refund::refund_id)
        .select(RefundRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}
