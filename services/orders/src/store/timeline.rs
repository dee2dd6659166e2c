//! What happened to an order, in its order.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::OrderId;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::timeline_entry;

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
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn list_entries(tx: &TenantTx, order: OrderId) -> Result<Vec<TimelineRow>, Error> {
    let rows = timeline_entry::table
        .filter(timeline_entry::tenant_id.eq(tx.tenant().uuid()))
        .filter(timeline_entry::order_id.eq(order.uuid()))
        .order(timeline_entry::id)
        .select(TimelineRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}
