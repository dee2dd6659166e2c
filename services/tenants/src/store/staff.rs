//! People who work in a store, and the platform's own.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::StaffId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{one_time_token, staff};

#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = staff, treat_none_as_null = true)]
pub struct StaffRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub email: String,
    pub name: String,
    pub role: String,
    pub locale: String,
    pub status: String,
    pub password_hash: String,
    pub password_expires_at: Option<OffsetDateTime>,
    pub perms_version: i64,
    pub version: i64,
    pub created_at: OffsetDateTime,
    pub changed_at: OffsetDateTime,
}

pub async fn create_staff(tx: &TenantTx, row: &StaffRow) -> Result<(), Error> {
    diesel::insert_into(staff::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_staff_by_email(tx: &TenantTx, email: &str) -> Result<Option<StaffRow>, Error> {
    Ok(staff::table
        .filter(
            staff::tenant_id
                .eq(tx.tenant().uuid())
                .and(staff::email.eq(email)),
        )
        .select(StaffRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

pub async fn find_staff(tx: &TenantTx, id: StaffId) -> Result<Option<StaffRow>, Error> {
    Ok(staff::table
        .find((tx.tenant().uuid(), id.uuid()))
        .select(StaffRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// The person, whom nobody else changes until the end of the transaction.
pub async fn lock_staff(tx: &TenantTx, id: StaffId) -> Result<Option<StaffRow>, Error> {
    Ok(staff::table
        .filter(
            staff::tenant_id
                .eq(tx.tenant().uuid())
                .and(staff::id.eq(id.uuid())),
        )
        .select(StaffRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// The sysadmin who has been there longest.
pub async fn find_first_active(tx: &TenantTx) -> Result<Option<StaffRow>, Error> {
    Ok(staff::table
        .filter(
            staff::tenant_id
                .eq(tx.tenant().uuid())
                .and(staff::status.eq("active")),
        )
        .order(staff::created_at)
        .select(StaffRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Everybody who works here, in the order in which they came.
pub async fn list_staff(
    tx: &TenantTx,
    after: Option<StaffId>,
    limit: i64,
) -> Result<Vec<StaffRow>, Error> {
    let mut query = staff::table
        .filter(staff::tenant_id.eq(tx.tenant().uuid()))
        .order(staff::id)
        .limit(limit)
        .select(StaffRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(staff::id.gt(after.uuid()));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// Names of these people, as far as they work here.
pub async fn list_names(tx: &TenantTx, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, Error> {
    Ok(staff::table
        .filter(
            staff::tenant_id
                .eq(tx.tenant().uuid())
                .and(staff::id.eq_any(ids)),
        )
        .select((staff::id, staff::name))
        .load(&mut tx.conn())
        .await?)
}

/// How many people can sign in, or could once they choose a password.
pub async fn count_active(tx: &TenantTx) -> Result<i64, Error> {
    Ok(staff::table
        .filter(
            staff::tenant_id
                .eq(tx.tenant().uuid())
                .and(staff::status.eq("active")),
        )
        .count()
        .get_result(&mut tx.conn())
        .await?)
}

/// Whether somebody else than this person is an owner who has come in: one whose password is still the one
/// of an invitation may never come.
pub async fn has_other_owner(tx: &TenantTx, id: StaffId) -> Result<bool, Error> {
    let others = staff::table
        .filter(staff::tenant_id.eq(tx.tenant().uuid()))
        .filter(staff::status.eq("active").and(staff::role.eq("owner")))
        .filter(staff::password_expires_at.is_null())
        .filter(staff::id.ne(id.uuid()));
    Ok(diesel::select(diesel::dsl::exists(others))
        .get_result(&mut tx.conn())
        .await?)
}

pub async fn save_staff(tx: &TenantTx, row: &StaffRow) -> Result<(), Error> {
    diesel::update(staff::table.find((tx.tenant().uuid(), row.id)))
        .set(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The person with their sessions and tokens.
pub async fn delete_staff(tx: &TenantTx, id: StaffId) -> Result<(), Error> {
    diesel::delete(staff::table.find((tx.tenant().uuid(), id.uuid())))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// A password of the person's own choice.
pub async fn save_password(
    tx: &TenantTx,
    id: StaffId,
    hash: &str,
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(staff::table.find((tx.tenant().uuid(), id.uuid())))
        .set((
            staff::password_hash.eq(hash),
            staff::password_expires_at.eq(None::<OffsetDateTime>),
            staff::changed_at.eq(now),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The same password under newer parameters.
pub async fn save_rehashed(tx: &TenantTx, id: StaffId, hash: &str) -> Result<(), Error> {
    diesel::update(staff::table.find((tx.tenant().uuid(), id.uuid())))
        .set(staff::password_hash.eq(hash))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_time_token)]
pub struct OneTimeRow {
    pub tenant_id: Uuid,
    pub hash: Vec<u8>,
    pub staff_id: Uuid,
    pub purpose: String,
    pub password_hash: String,
    pub expires_at: OffsetDateTime,
}

pub async fn create_one_time(tx: &TenantTx, row: &OneTimeRow) -> Result<(), Error> {
    diesel::insert_into(one_time_token::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The hash of the password that a token was given for, while the token is there.
pub async fn find_one_time_hash(
    tx: &TenantTx,
    hash: &[u8],
    purpose: &str,
) -> Result<Option<String>, Error> {
    Ok(one_time_token::table
        .filter(one_time_token::tenant_id.eq(tx.tenant().uuid()))
        .filter(
            one_time_token::hash
                .eq(hash)
                .and(one_time_token::purpose.eq(purpose)),
        )
        .select(one_time_token::password_hash)
        .first(&mut tx.conn())
        .await
        .optional()?)
}

/// Uses a token up: whatever comes of it, it is gone.
pub async fn take_one_time(
    tx: &TenantTx,
    hash: &[u8],
    purpose: &str,
) -> Result<Option<OneTimeRow>, Error> {
    Ok(diesel::delete(one_time_token::table)
        .filter(one_time_token::tenant_id.eq(tx.tenant().uuid()))
        .filter(
            one_time_token::hash
                .eq(hash)
                .and(one_time_token::purpose.eq(purpose)),
        )
        .returning(OneTimeRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?)
}
