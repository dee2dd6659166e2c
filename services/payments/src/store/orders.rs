//! What orders told of an order.

use db::{Error, TenantTx};
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
}

/// Locks the order's row, made from the ticket when the event has not arrived yet. Everything that
/// begins an attempt to pay waits here, so a double click makes one.
pub async fn lock_order(tx: &TenantTx, order: OrderId, due: Money) -> Result<OrderRow, Error> {
    diesel::insert_into(order_due::table)
        .values((
            order_due::tenant_id.eq(tx.tenant().uuid()),
            order_due::order_id.eq(order.uuid()),
            order_due::amount_minor.eq(due.minor),
            order_due::currency.eq(due.currency.as_str()),
            order_due::state.eq("open"),
            order_due::version.eq(0_i64),
        ))
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    let row = order_due::table
        .filter(order_due::tenant_id.eq(tx.tenant().uuid()))
        .filter(order_due::order_id.eq(order.uuid()))
        .select(OrderRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await?;
    Ok(row)
}

/// Stores an order's state when it is news.
pub async fn save_order(
    tx: &TenantTx,
    order: OrderId,
    due: Money,
    state: &str,
    version: i64,
) -> Result<(), Error> {
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
    diesel::query_dsl::methods::FilterDsl::filter(
        upsert,
        order_due::version.lt(excluded(order_due::version)),
    )
    .execute(&mut tx.conn())
    .await?;
    Ok(())
}
