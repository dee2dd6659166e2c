//! Orders.

use db::{Error, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::{Currency, Money, OrderId, TenantId};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{order_line, orders};
use crate::details::OrderDetails;
use crate::domain::order::{Fulfilment, OrderState, OrderStatus};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders)]
pub struct OrderRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub number: String,
    pub token_hash: Vec<u8>,
    pub cart_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub status: String,
    pub fulfilment: String,
    pub email: String,
    pub total_minor: i64,
    pub paid_minor: i64,
    pub refunding_minor: i64,
    pub refunded_minor: i64,
    pub currency: String,
    pub holds_stock: bool,
    pub reserved_until: Option<OffsetDateTime>,
    pub payment_id: Option<Uuid>,
    pub details: Value,
    pub placed_at: OffsetDateTime,
    pub paid_at: Option<OffsetDateTime>,
    pub cancelled_at: Option<OffsetDateTime>,
    pub updated_at: OffsetDateTime,
    pub version: i64,
}

impl OrderRow {
    pub fn order_id(&self) -> OrderId {
        OrderId::from_uuid(self.id)
    }

    pub fn details(&self) -> OrderDetails {
        serde_json::from_value(self.details.clone())
            .expect("details are written by this service only")
    }

    fn money(&self, minor: i64) -> Money {
        let currency: Currency = self
            .currency
            .parse()
            .expect("a currency was checked before it was stored");
        Money::new(minor, currency)
    }

    pub fn total(&self) -> Money {
        self.money(self.total_minor)
    }

    pub fn state(&self) -> OrderState {
        OrderState {
            status: OrderStatus::parse(&self.status)
                .expect("the table's check allows known states"),
            fulfilment: Fulfilment::parse(&self.fulfilment)
                .expect("the table's check allows known states"),
            total: self.total(),
            paid: self.money(self.paid_minor),
            refunding: self.money(self.refunding_minor),
            refunded: self.money(self.refunded_minor),
            holds_stock: self.holds_stock,
        }
    }

    /// Takes over what the rules decided.
    pub fn set_state(&mut self, state: &OrderState, now: OffsetDateTime) {
        self.status = state.status.as_str().to_owned();
        self.fulfilment = state.fulfilment.as_str().to_owned();
        self.paid_minor = state.paid.minor;
        self.refunding_minor = state.refunding.minor;
        self.refunded_minor = state.refunded.minor;
        self.holds_stock = state.holds_stock;
        self.updated_at = now;
    }
}

pub async fn create_orders(tx: &TenantTx, rows: &[OrderRow]) -> Result<(), Error> {
    diesel::insert_into(orders::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What each order takes from the stock: variants appear once.
pub async fn create_lines(tx: &TenantTx, lines: &[(OrderId, Uuid, i64)]) -> Result<(), Error> {
    let rows: Vec<_> = lines
        .iter()
        .map(|(order, variant, quantity)| {
            (
                order_line::tenant_id.eq(tx.tenant().uuid()),
                order_line::order_id.eq(order.uuid()),
                order_line::variant_id.eq(*variant),
                order_line::quantity.eq(*quantity),
            )
        })
        .collect();
    diesel::insert_into(order_line::table)
        .values(rows)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn list_lines(tx: &TenantTx, order: OrderId) -> Result<Vec<(Uuid, i64)>, Error> {
    let rows = order_line::table
        .filter(order_line::tenant_id.eq(tx.tenant().uuid()))
        .filter(order_line::order_id.eq(order.uuid()))
        .order(order_line::variant_id)
        .select((order_line::variant_id, order_line::quantity))
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn find_order(tx: &TenantTx, id: OrderId) -> Result<Option<OrderRow>, Error> {
    let found = orders::table
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::id.eq(id.uuid()))
        .select(OrderRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn lock_order(tx: &TenantTx, id: OrderId) -> Result<Option<OrderRow>, Error> {
    let found = orders::table
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::id.eq(id.uuid()))
        .for_update()
        .select(OrderRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Stores what may change of an order; its version grows by one.
pub async fn save_order(tx: &TenantTx, row: &mut OrderRow) -> Result<(), Error> {
    row.version += 1;
    diesel::update(orders::table)
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::id.eq(row.id))
        .set((
            (
                orders::status.eq(&row.status),
                orders::fulfilment.eq(&row.fulfilment),
                orders::paid_minor.eq(row.paid_minor),
                orders::refunding_minor.eq(row.refunding_minor),
                orders::refunded_minor.eq(row.refunded_minor),
                orders::holds_stock.eq(row.holds_stock),
                orders::reserved_until.eq(row.reserved_until),
                orders::payment_id.eq(row.payment_id),
            ),
            (
                orders::details.eq(&row.details),
                orders::paid_at.eq(row.paid_at),
                orders::cancelled_at.eq(row.cancelled_at),
                orders::updated_at.eq(row.updated_at),
                orders::version.eq(row.version),
            ),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What an admin looks for.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    pub status: Option<OrderStatus>,
    /// An order number or an e-mail address, whole.
    pub q: Option<String>,
}

/// The store's orders, the newest first.
pub async fn list_orders(
    tx: &TenantTx,
    filter: &OrderFilter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OrderRow>, Error> {
    let mut query = orders::table
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::id.lt(before.unwrap_or(Uuid::max())))
        .order(orders::id.desc())
        .limit(limit)
        .select(OrderRow::as_select())
        .into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(orders::status.eq(status.as_str()));
    }
    if let Some(q) = filter.q.clone() {
        query = query.filter(
            orders::number
                .eq(q.clone())
                .or(orders::email.eq(q.to_lowercase())),
        );
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// Unpaid orders whose reservation has run out.
pub async fn list_expired(
    tx: &SystemTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<(TenantId, OrderId)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = orders::table
        .filter(orders::holds_stock)
        .filter(orders::status.eq(OrderStatus::PendingPayment.as_str()))
        .filter(orders::reserved_until.le(now))
        .order(orders::reserved_until)
        .limit(limit)
        .select((orders::tenant_id, orders::id))
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, id)| (TenantId::from_uuid(tenant), OrderId::from_uuid(id)))
        .collect())
}
