//! What came from another shop: customers, orders of the past, codes and settings.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::CustomerId;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{coupon, customer, imported_setting, past_order};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = customer, treat_none_as_null = true)]
pub struct CustomerRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub email: String,
    /// Lower case.
    pub email_key: String,
    pub username: String,
    pub first_name: String,
    pub last_name: String,
    pub guest: bool,
    pub groups: Vec<String>,
    pub marketing_consent: bool,
    pub billing: Option<Value>,
    pub shipping: Option<Value>,
    pub created_at: OffsetDateTime,
    pub old_password: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = past_order, treat_none_as_null = true)]
pub struct PastOrderRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub number: String,
    pub status: String,
    pub source_status: String,
    pub currency: String,
    pub total_minor: i64,
    pub refunded_minor: i64,
    pub customer_id: Option<Uuid>,
    pub email: String,
    pub placed_at: OffsetDateTime,
    pub document: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = coupon, treat_none_as_null = true)]
pub struct CouponRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub code: String,
    pub kind: String,
    pub active: bool,
    pub expires_at: Option<OffsetDateTime>,
    pub document: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imported_setting)]
pub struct SettingRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub applied: bool,
    pub note: String,
    pub document: Value,
}

pub async fn find_customer(tx: &TenantTx, id: Uuid) -> Result<Option<CustomerRow>, Error> {
    let found = customer::table
        .find((tx.tenant().uuid(), id))
        .select(CustomerRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn find_customer_by_email(
    tx: &TenantTx,
    email_key: &str,
) -> Result<Option<CustomerRow>, Error> {
    let found = customer::table
        .filter(customer::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer::email_key.eq(email_key))
        .select(CustomerRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

macro_rules! saved {
    ($(#[$doc:meta])* $name:ident, $table:ident, $row:ident) => {
        $(#[$doc])*
        pub async fn $name(tx: &TenantTx, row: &$row) -> Result<bool, Error> {
            let before = $table::table
                .find((row.tenant_id, row.id))
                .select($row::as_select())
                .first(&mut tx.conn())
                .await
                .optional()?;
            if before.as_ref() == Some(row) {
                return Ok(false);
            }
            diesel::insert_into($table::table)
                .values(row)
                .on_conflict(($table::tenant_id, $table::id))
                .do_update()
                .set(row)
                .prepared()
                .execute(&mut tx.conn())
                .await?;
            Ok(true)
        }
    };
}

saved!(
    /// Writes a customer; false when it was there like that.
    save_customer, customer, CustomerRow
);
saved!(
    /// Writes an order of the past; false when it was there like that.
    save_past_order, past_order, PastOrderRow
);
saved!(
    /// Writes a code; false when it was there like that.
    save_coupon, coupon, CouponRow
);
saved!(
    /// Writes a setting; false when it was there like that.
    save_setting, imported_setting, SettingRow
);

/// By id, after the one that was seen last.
pub async fn list_customers(
    tx: &TenantTx,
    email_key: Option<&str>,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<CustomerRow>, Error> {
    let mut query = customer::table
        .filter(customer::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer::id.gt(after.unwrap_or(Uuid::nil())))
        .order(customer::id)
        .limit(rows)
        .select(CustomerRow::as_select())
        .into_boxed();
    if let Some(key) = email_key {
        query = query.filter(customer::email_key.eq(key.to_owned()));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// The newest first.
pub async fn list_past_orders(
    tx: &TenantTx,
    after: Option<(OffsetDateTime, Uuid)>,
    rows: i64,
) -> Result<Vec<PastOrderRow>, Error> {
    let mut query = past_order::table
        .filter(past_order::tenant_id.eq(tx.tenant().uuid()))
        .order((past_order::placed_at.desc(), past_order::id.desc()))
        .limit(rows)
        .select(PastOrderRow::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let older = past_order::placed_at.lt(at);
        let same = past_order::placed_at.eq(at).and(past_order::id.lt(id));
        query = query.filter(older.or(same));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// What a customer ordered in another shop before (`placed_at`, `id`), the newest first.
pub async fn list_of_customer(
    tx: &TenantTx,
    customer: CustomerId,
    before: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<PastOrderRow>, Error> {
    let mut query = past_order::table
        .filter(past_order::tenant_id.eq(tx.tenant().uuid()))
        .filter(past_order::customer_id.eq(customer.uuid()))
        .order((past_order::placed_at.desc(), past_order::id.desc()))
        .limit(limit)
        .select(PastOrderRow::as_select())
        .into_boxed();
    if let Some((at, id)) = before {
        let older = past_order::placed_at.lt(at);
        let same = past_order::placed_at.eq(at).and(past_order::id.lt(id));
        query = query.filter(older.or(same));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

pub async fn find_past_order(tx: &TenantTx, id: Uuid) -> Result<Option<PastOrderRow>, Error> {
    let found = past_order::table
        .find((tx.tenant().uuid(), id))
        .select(PastOrderRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// By id, after the one that was seen last.
pub async fn list_coupons(
    tx: &TenantTx,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<CouponRow>, Error> {
    let found = coupon::table
        .filter(coupon::tenant_id.eq(tx.tenant().uuid()))
        .filter(coupon::id.gt(after.unwrap_or(Uuid::nil())))
        .order(coupon::id)
        .limit(rows)
        .select(CouponRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(found)
}

/// By id, after the one that was seen last.
pub async fn list_settings(
    tx: &TenantTx,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<SettingRow>, Error> {
    let found = imported_setting::table
        .filter(imported_setting::tenant_id.eq(tx.tenant().uuid()))
        .filter(imported_setting::id.gt(after.unwrap_or(Uuid::nil())))
        .order(imported_setting::id)
        .limit(rows)
        .select(SettingRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(found)
}
