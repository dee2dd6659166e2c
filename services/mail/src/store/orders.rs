//! Orders as mails speak of them.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::order_seen;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = order_seen)]
pub struct OrderRow {
    pub order_id: Uuid,
    /// 0 before the order itself was heard of.
    pub version: i64,
    /// Its facts, sealed.
    pub content: Option<Vec<u8>>,
    /// Its fiscal document, sealed.
    pub document: Option<Vec<u8>>,
}

/// The order's row, made when it is not there, and locked: what is told of one order from several
/// sides is taken in one after another.
pub async fn lock(tx: &TenantTx, order: Uuid, now: OffsetDateTime) -> Result<OrderRow, Error> {
    let row = diesel::insert_into(order_seen::table)
        .values((
            order_seen::tenant_id.eq(tx.tenant().uuid()),
            order_seen::order_id.eq(order),
            order_seen::updated_at.eq(now),
        ))
        .on_conflict((order_seen::tenant_id, order_seen::order_id))
        .do_update()
        .set(order_seen::updated_at.eq(now))
        .returning(OrderRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok(row)
}

pub async fn save_content(
    tx: &TenantTx,
    order: Uuid,
    version: i64,
    content: &[u8],
) -> Result<(), Error> {
    diesel::update(order_seen::table)
        .filter(order_seen::tenant_id.eq(tx.tenant().uuid()))
        .filter(order_seen::order_id.eq(order))
        .set((
            order_seen::version.eq(version),
            order_seen::content.eq(Some(content)),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn save_document(tx: &TenantTx, order: Uuid, document: &[u8]) -> Result<(), Error> {
    diesel::update(order_seen::table)
        .filter(order_seen::tenant_id.eq(tx.tenant().uuid()))
        .filter(order_seen::order_id.eq(order))
        .set(order_seen::document.eq(Some(document)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
