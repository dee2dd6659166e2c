//! What happened to an order, in its order.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::OrderId;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::timeline_entry;

/// Entries of one order that are shown.
const ENTRIES_MAX: i64 = 500;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = timeline_entry)]
pub struct TimelineRow {
    pub tenant_id: Uuid,
    pub order_id: Uuid,
    pub id: Uuid,
    pub at: OffsetDateTime,
    pub kind: String,
    pub actor: String,
    pub detail: Value,
}

impl TimelineRow {
    pub fn new(tx: &TenantTx, order: OrderId, at: OffsetDateTime, kind: &str, actor: &str) -> Self {
        Self {
            tenant_id: tx.tenant().uuid(),
            order_id: order.uuid(),
            id: Uuid::now_v7(),
            at,
            kind: kind.to_owned(),
            actor: actor.to_owned(),
            detail: Value::Object(serde_json::Map::new()),
        }
    }

    pub fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

pub async fn create_entries(tx: &TenantTx, rows: &[TimelineRow]) -> Result<(), Error> {
    diesel::insert_into(timeline_entry::table)
        .values(rows)
        .prepared_for(rows.len())
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The newest [`ENTRIES_MAX`] entries of an order, in their order.
pub async fn list_entries(tx: &TenantTx, order: OrderId) -> Result<Vec<TimelineRow>, Error> {
    let mut rows: Vec<TimelineRow> = timeline_entry::table
        .filter(timeline_entry::tenant_id.eq(tx.tenant().uuid()))
        .filter(timeline_entry::order_id.eq(order.uuid()))
        .order(timeline_entry::id.desc())
        .limit(ENTRIES_MAX)
        .select(TimelineRow::as_select())
        .load(&mut tx.conn())
        .await?;
    rows.reverse();
    Ok(rows)
}
