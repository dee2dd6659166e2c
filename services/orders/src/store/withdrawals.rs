//! Declarations to withdraw.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::OrderId;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::orders::OrderRow;
use super::schema::{orders, withdrawal};
use crate::domain::withdrawal::Share;

pub const OPEN: &str = "open";
pub const CLOSED: &str = "closed";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = withdrawal)]
pub struct WithdrawalRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub order_id: Uuid,
    pub name: String,
    pub email: String,
    pub lines: Value,
    /// A part, of which only the statement says what it is.
    pub in_words: bool,
    pub statement: String,
    pub received_at: OffsetDateTime,
    pub status: String,
    pub note: String,
    pub closed_at: Option<OffsetDateTime>,
    pub closed_by: String,
}

impl WithdrawalRow {
    pub fn is_of_whole_order(&self) -> bool {
        !self.in_words && self.shares().is_empty()
    }

    /// What is withdrawn from; nothing for the whole order, and where the statement says it.
    pub fn shares(&self) -> Vec<Share> {
        serde_json::from_value(self.lines.clone()).expect("lines are written by this service only")
    }
}

pub async fn create(tx: &TenantTx, row: &WithdrawalRow) -> Result<(), Error> {
    diesel::insert_into(withdrawal::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The oldest first.
pub async fn list_of_order(tx: &TenantTx, order: OrderId) -> Result<Vec<WithdrawalRow>, Error> {
    let rows = withdrawal::table
        .filter(withdrawal::tenant_id.eq(tx.tenant().uuid()))
        .filter(withdrawal::order_id.eq(order.uuid()))
        .order(withdrawal::id)
        .select(WithdrawalRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// With their orders, the newest first.
pub async fn list(
    tx: &TenantTx,
    status: Option<&str>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(WithdrawalRow, OrderRow)>, Error> {
    let same_tenant = orders::tenant_id.eq(withdrawal::tenant_id);
    let same_order = orders::id.eq(withdrawal::order_id);
    let mut query = withdrawal::table
        .inner_join(orders::table.on(same_tenant.and(same_order)))
        .filter(withdrawal::tenant_id.eq(tx.tenant().uuid()))
        .filter(withdrawal::id.lt(before.unwrap_or(Uuid::max())))
        .order(withdrawal::id.desc())
        .limit(limit)
        .select((WithdrawalRow::as_select(), OrderRow::as_select()))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(withdrawal::status.eq(status.to_owned()));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn lock(tx: &TenantTx, id: Uuid) -> Result<Option<WithdrawalRow>, Error> {
    let found = withdrawal::table
        .find((tx.tenant().uuid(), id))
        .select(WithdrawalRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn save_closed(tx: &TenantTx, row: &WithdrawalRow) -> Result<(), Error> {
    diesel::update(withdrawal::table.find((tx.tenant().uuid(), row.id)))
        .set((
            withdrawal::status.eq(&row.status),
            withdrawal::note.eq(&row.note),
            withdrawal::closed_at.eq(row.closed_at),
            withdrawal::closed_by.eq(&row.closed_by),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
