//! Orders.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;
use kernel::{CartId, Currency, CustomerId, Money, OrderId, TenantId};
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

    pub fn set_details(&mut self, details: &OrderDetails) {
        self.details = serde_json::to_value(details).expect("details are plain data");
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
        .prepared_for(rows.len())
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What an order takes of one variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_line)]
pub struct TakeRow {
    pub tenant_id: Uuid,
    pub order_id: Uuid,
    pub variant_id: Uuid,
    pub quantity: i64,
    /// False for what was sold without counting.
    pub takes_stock: bool,
}

/// A variant appears once in an order.
pub async fn create_takes(tx: &TenantTx, rows: &[TakeRow]) -> Result<(), Error> {
    diesel::insert_into(order_line::table)
        .values(rows)
        .prepared_for(rows.len())
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn list_takes(tx: &TenantTx, order: OrderId) -> Result<Vec<TakeRow>, Error> {
    let rows = order_line::table
        .filter(order_line::tenant_id.eq(tx.tenant().uuid()))
        .filter(order_line::order_id.eq(order.uuid()))
        .order(order_line::variant_id)
        .select(TakeRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Notes which variants of an order take stock: those in `taken`, and no others.
pub async fn save_takes(tx: &TenantTx, order: OrderId, taken: &[Uuid]) -> Result<(), Error> {
    diesel::update(order_line::table)
        .filter(order_line::tenant_id.eq(tx.tenant().uuid()))
        .filter(order_line::order_id.eq(order.uuid()))
        .set(order_line::takes_stock.eq(order_line::variant_id.eq_any(taken)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
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

/// The id and the number of the order that a cart became.
pub async fn find_of_cart(tx: &TenantTx, cart: CartId) -> Result<Option<(Uuid, String)>, Error> {
    let found = orders::table
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::cart_id.eq(cart.uuid()))
        .select((orders::id, orders::number))
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
    save_version(tx, row).await
}

/// Stores what may change of an order, whose version has grown already.
pub async fn save_version(tx: &TenantTx, row: &OrderRow) -> Result<(), Error> {
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
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What an order is looked for by: any of these.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Whole order numbers.
    pub numbers: Vec<String>,
    pub email: String,
    /// How the name begins that the order is sent to, whatever the case.
    pub name: String,
}

/// What an admin looks for; every field narrows.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    pub status: Option<OrderStatus>,
    pub fulfilment: Option<Fulfilment>,
    pub q: Option<Wanted>,
    pub placed_from: Option<OffsetDateTime>,
    pub placed_before: Option<OffsetDateTime>,
}

/// The store's orders, the newest first.
pub async fn list_orders(
    tx: &TenantTx,
    filter: &OrderFilter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OrderRow>, Error> {
    let query = narrowed(orders::table.into_boxed(), tx, filter)
        .filter(orders::id.lt(before.unwrap_or(Uuid::max())))
        .order(orders::id.desc())
        .limit(limit)
        .select(OrderRow::as_select());
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn count_orders(tx: &TenantTx, filter: &OrderFilter) -> Result<i64, Error> {
    let query = narrowed(orders::table.into_boxed(), tx, filter).count();
    Ok(query.get_result(&mut tx.conn()).await?)
}

fn narrowed<'q>(
    query: orders::BoxedQuery<'q, Pg>,
    tx: &TenantTx,
    filter: &OrderFilter,
) -> orders::BoxedQuery<'q, Pg> {
    let mut query = query.filter(orders::tenant_id.eq(tx.tenant().uuid()));
    if let Some(status) = filter.status {
        query = query.filter(orders::status.eq(status.as_str()));
    }
    if let Some(fulfilment) = filter.fulfilment {
        query = query.filter(orders::fulfilment.eq(fulfilment.as_str()));
    }
    if let Some(from) = filter.placed_from {
        query = query.filter(orders::placed_at.ge(from));
    }
    if let Some(before) = filter.placed_before {
        query = query.filter(orders::placed_at.lt(before));
    }
    if let Some(wanted) = filter.q.clone() {
        let of_name = sql::<Bool>(NAME_BEGINS).bind::<Text, _>(beginning(&wanted.name));
        let of_number = orders::number.eq_any(wanted.numbers);
        query = query.filter(of_number.or(orders::email.eq(wanted.email)).or(of_name));
    }
    query
}

/// No index serves it: behind row-level security a function that may leak is only asked of rows that were found
/// otherwise (docs/decisions/0003). So it reads the store's orders, the newest first.
const NAME_BEGINS: &str = "lower(details #>> '{shipping_address,name}') LIKE ";

/// A pattern for texts that begin like this one; what means something in patterns means itself.
fn beginning(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Unpaid orders whose reservation has run out, the longest ago first, from after `after` on.
pub async fn list_expired(
    tx: &SystemTx,
    now: OffsetDateTime,
    after: Option<(OffsetDateTime, OrderId)>,
    limit: i64,
) -> Result<Vec<Expired>, Error> {
    let mut query = orders::table
        // Not a parameter: a plan that is kept for any state could not use the index of the unpaid.
        .filter(sql::<Bool>("status = 'pending_payment'"))
        .filter(orders::reserved_until.le(now))
        .order((orders::reserved_until, orders::id))
        .limit(limit)
        .select((
            orders::tenant_id,
            orders::id,
            orders::reserved_until.assume_not_null(),
        ))
        .into_boxed();
    if let Some((at, id)) = after {
        let later = orders::reserved_until.gt(at);
        let same = orders::reserved_until.eq(at).and(orders::id.gt(id.uuid()));
        query = query.filter(later.or(same).assume_not_null());
    }
    let rows: Vec<(Uuid, Uuid, OffsetDateTime)> = query.load(&mut tx.conn()).await?;
    let expired = rows.into_iter().map(|(tenant, id, until)| Expired {
        tenant: TenantId::from_uuid(tenant),
        order: OrderId::from_uuid(id),
        until,
    });
    Ok(expired.collect())
}

/// An order whose time is over.
#[derive(Clone, Copy, Debug)]
pub struct Expired {
    pub tenant: TenantId,
    pub order: OrderId,
    pub until: OffsetDateTime,
}

/// Gives the orders that a guest of this address placed after `since` to a customer; answers them.
pub async fn claim_of_guest(
    tx: &TenantTx,
    email: &str,
    customer: CustomerId,
    since: Option<OffsetDateTime>,
) -> Result<Vec<OrderRow>, Error> {
    let since = since.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let claimed = diesel::update(orders::table)
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::email.eq(email))
        .filter(orders::customer_id.is_null())
        .filter(orders::placed_at.gt(since))
        .set((
            orders::customer_id.eq(customer.uuid()),
            orders::version.eq(orders::version + 1),
        ))
        .returning(OrderRow::as_returning())
        .prepared()
        .load(&mut tx.conn())
        .await?;
    Ok(claimed)
}

/// A customer's orders before (`placed_at`, `id`), the newest first.
pub async fn list_of_customer(
    tx: &TenantTx,
    customer: CustomerId,
    before: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<OrderRow>, Error> {
    let mut query = orders::table
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::customer_id.eq(customer.uuid()))
        .order((orders::placed_at.desc(), orders::id.desc()))
        .limit(limit)
        .select(OrderRow::as_select())
        .into_boxed();
    if let Some((at, id)) = before {
        let older = orders::placed_at.lt(at);
        let same = orders::placed_at.eq(at).and(orders::id.lt(id));
        query = query.filter(older.or(same));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// The order of this number that was placed with this address.
pub async fn lock_by_number(
    tx: &TenantTx,
    number: &str,
    email: &str,
) -> Result<Option<OrderRow>, Error> {
    let found = orders::table
        .filter(orders::tenant_id.eq(tx.tenant().uuid()))
        .filter(orders::number.eq(number))
        .filter(orders::email.eq(email))
        .for_update()
        .select(OrderRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}
