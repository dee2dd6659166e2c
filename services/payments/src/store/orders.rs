//! What orders told of an order.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use kernel::{Money, OrderId};

use super::schema::order_due;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = order_due)]
pub struct OrderRow {
    pub amount_minor: i64,
    pub currency: String,
    pub state: String,
    /// 0 when only a ticket told of it so far.
    pub version: i64,
}

impl OrderRow {
    /// Whether this is what is due, as far as orders itself has told.
    pub fn is_for(&self, total: Money) -> bool {
        self.version == 0
            || (self.amount_minor == total.minor && self.currency == total.currency.as_str())
    }
}

/// Locks the order's row. Everything that begins an attempt to pay or ends one with money waits here,
/// so a double click makes one attempt, and of two payments one is the second.
pub async fn lock_order(tx: &TenantTx, order: OrderId) -> Result<Option<OrderRow>, Error> {
    let found = order_due::table
        .filter(order_due::tenant_id.eq(tx.tenant().uuid()))
        .filter(order_due::order_id.eq(order.uuid()))
        .select(OrderRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Like [`lock_order`]; where the order's event has not arrived yet, its row is made from the ticket.
pub async fn lock_or_create(tx: &TenantTx, order: OrderId, due: Money) -> Result<OrderRow, Error> {
    let row = diesel::insert_into(order_due::table)
        .values((
            order_due::tenant_id.eq(tx.tenant().uuid()),
            order_due::order_id.eq(order.uuid()),
            order_due::amount_minor.eq(due.minor),
            order_due::currency.eq(due.currency.as_str()),
            order_due::state.eq("open"),
            order_due::version.eq(0_i64),
        ))
        .on_conflict((order_due::tenant_id, order_due::order_id))
        .do_update()
        // Changes nothing, and locks.
        .set(order_due::version.eq(order_due::version))
        .returning(OrderRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok(row)
}

/// Whether the order will not be carried out, as far as orders has told.
pub async fn is_cancelled(tx: &TenantTx, order: OrderId) -> Result<bool, Error> {
    let state: Option<String> = order_due::table
        .filter(order_due::tenant_id.eq(tx.tenant().uuid()))
        .filter(order_due::order_id.eq(order.uuid()))
        .select(order_due::state)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(state.as_deref() == Some("cancelled"))
}

/// Stores an order's state; answers whether it was news.
pub async fn save_order(
    tx: &TenantTx,
    order: OrderId,
    due: Money,
    state: &str,
    version: i64,
) -> Result<bool, Error> {
    let upsert = diesel::insert_into(order_due::table)
        .values((
            order_due::tenant_id.eq(tx.tenant().uuid()),
            order_due::order_id.eq(order.uuid()),
            order_due::amount_minor.eq(due.minor),
            order_due::currency.eq(due.currency.as_str()),
            order_due::state.eq(state),
            order_due::version.eq(version),
        ))
        .on_conflict((order_due::tenant_id, order_due::order_id))
        .do_update()
        .set((
            order_due::amount_minor.eq(excluded(order_due::amount_minor)),
            order_due::currency.eq(excluded(order_due::currency)),
            order_due::state.eq(excluded(order_due::state)),
            order_due::version.eq(excluded(order_due::version)),
        ));
    let stored = diesel::query_dsl::methods::FilterDsl::filter(
        upsert,
        order_due::version.lt(excluded(order_due::version)),
    )
    .prepared()
    .execute(&mut tx.conn())
    .await?;
    Ok(stored == 1)
}
