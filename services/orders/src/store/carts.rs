//! Carts.

use db::{Error, Prepare, SystemTx, TenantTx, one_of};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::CartId;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::cart;
use crate::domain::cart::CartLine;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = cart)]
pub struct CartRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub token_hash: Vec<u8>,
    pub customer_id: Option<Uuid>,
    pub currency: String,
    pub postcode: String,
    pub lines: Value,
    pub ordered: bool,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
    pub version: i64,
    /// Of `lines`, for the statement that reads them with their offers.
    pub variants: Vec<Uuid>,
}

impl CartRow {
    pub fn cart_id(&self) -> CartId {
        CartId::from_uuid(self.id)
    }

    pub fn lines(&self) -> Vec<CartLine> {
        serde_json::from_value(self.lines.clone()).expect("lines are written by this service only")
    }

    pub fn set_lines(&mut self, lines: &[CartLine]) {
        self.lines = serde_json::to_value(lines).expect("lines are plain data");
        self.variants = lines.iter().map(|line| line.variant.uuid()).collect();
    }
}

pub async fn create_cart(tx: &TenantTx, row: &CartRow) -> Result<(), Error> {
    diesel::insert_into(cart::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_cart(tx: &TenantTx, id: CartId) -> Result<Option<CartRow>, Error> {
    let found = cart::table
        .filter(cart::tenant_id.eq(tx.tenant().uuid()))
        .filter(cart::id.eq(id.uuid()))
        .select(CartRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn lock_cart(tx: &TenantTx, id: CartId) -> Result<Option<CartRow>, Error> {
    let found = cart::table
        .filter(cart::tenant_id.eq(tx.tenant().uuid()))
        .filter(cart::id.eq(id.uuid()))
        .for_update()
        .select(CartRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Locks carts in the order of their ids, so that two batches never wait for each other crosswise.
pub async fn lock_carts(tx: &TenantTx, ids: &[CartId]) -> Result<Vec<CartRow>, Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = cart::table
        .filter(cart::tenant_id.eq(tx.tenant().uuid()))
        .filter(one_of(cart::id, &ids))
        .order(cart::id)
        .for_update()
        .select(CartRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn save_cart(tx: &TenantTx, row: &mut CartRow, now: OffsetDateTime) -> Result<(), Error> {
    row.version += 1;
    row.updated_at = now;
    diesel::update(cart::table)
        .filter(cart::tenant_id.eq(tx.tenant().uuid()))
        .filter(cart::id.eq(row.id))
        .set((
            cart::lines.eq(&row.lines),
            cart::postcode.eq(&row.postcode),
            cart::updated_at.eq(row.updated_at),
            cart::version.eq(row.version),
            cart::variants.eq(&row.variants),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Closes carts that became orders.
pub async fn save_ordered(tx: &TenantTx, ids: &[Uuid]) -> Result<(), Error> {
    diesel::update(cart::table)
        .filter(cart::tenant_id.eq(tx.tenant().uuid()))
        .filter(one_of(cart::id, ids))
        .set(cart::ordered.eq(true))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Forgets at most `limit` carts that nobody touched since `before`; answers how many there were.
pub async fn delete_idle(
    tx: &SystemTx,
    before: OffsetDateTime,
    limit: i64,
) -> Result<usize, Error> {
    let idle: Vec<(Uuid, Uuid)> = cart::table
        .filter(cart::updated_at.lt(before))
        .order(cart::updated_at)
        .limit(limit)
        .for_update()
        .skip_locked()
        .select((cart::tenant_id, cart::id))
        .load(&mut tx.conn())
        .await?;
    let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) = idle.into_iter().unzip();
    let gone = diesel::delete(cart::table)
        .filter(cart::tenant_id.eq_any(tenants))
        .filter(cart::id.eq_any(ids))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(gone)
}
