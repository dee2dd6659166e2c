//! Addresses that customers keep.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::CustomerId;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::customer_address;
use crate::details::Address;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = customer_address)]
pub struct AddressRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub customer_id: Uuid,
    pub is_default: bool,
    pub address: Value,
    pub created_at: OffsetDateTime,
}

impl AddressRow {
    pub fn address(&self) -> Address {
        serde_json::from_value(self.address.clone())
            .expect("addresses are written by this service only")
    }
}

/// As they were added.
pub async fn list(tx: &TenantTx, customer: CustomerId) -> Result<Vec<AddressRow>, Error> {
    let rows = customer_address::table
        .filter(customer_address::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer_address::customer_id.eq(customer.uuid()))
        .order(customer_address::id)
        .select(AddressRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn create(tx: &TenantTx, row: &AddressRow) -> Result<(), Error> {
    diesel::insert_into(customer_address::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn save(tx: &TenantTx, row: &AddressRow) -> Result<(), Error> {
    diesel::update(customer_address::table.find((tx.tenant().uuid(), row.id)))
        .filter(customer_address::customer_id.eq(row.customer_id))
        .set((
            customer_address::is_default.eq(row.is_default),
            customer_address::address.eq(&row.address),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// None is the default any more.
pub async fn clear_default(tx: &TenantTx, customer: CustomerId) -> Result<(), Error> {
    diesel::update(customer_address::table)
        .filter(customer_address::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer_address::customer_id.eq(customer.uuid()))
        .filter(customer_address::is_default)
        .set(customer_address::is_default.eq(false))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn delete(tx: &TenantTx, customer: CustomerId, id: Uuid) -> Result<(), Error> {
    diesel::delete(customer_address::table.find((tx.tenant().uuid(), id)))
        .filter(customer_address::customer_id.eq(customer.uuid()))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
