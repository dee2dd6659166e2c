//! What mails ask somebody to confirm.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::account_challenge;

pub const VERIFY: &str = "verify";
pub const RESET: &str = "reset";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_challenge)]
pub struct ChallengeRow {
    pub tenant_id: Uuid,
    pub hash: Vec<u8>,
    pub purpose: String,
    pub email_key: String,
    pub locale: String,
    pub registration: Option<Value>,
    pub customer_id: Option<Uuid>,
    pub replaces: Option<Vec<u8>>,
    pub told_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

pub async fn create(tx: &TenantTx, row: &ChallengeRow) -> Result<(), Error> {
    diesel::insert_into(account_challenge::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The address that a word was asked for.
pub async fn find_address(tx: &TenantTx, hash: &[u8]) -> Result<Option<String>, Error> {
    let found = account_challenge::table
        .find((tx.tenant().uuid(), hash))
        .select(account_challenge::email_key)
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// All that was asked for an address, locked: who decides on one comes after who decides on another. It comes
/// before the lock of the person whose address it is, wherever both are needed.
pub async fn lock_of_address(tx: &TenantTx, key: &str) -> Result<Vec<ChallengeRow>, Error> {
    let rows = account_challenge::table
        .filter(account_challenge::tenant_id.eq(tx.tenant().uuid()))
        .filter(account_challenge::email_key.eq(key))
        .order(account_challenge::hash)
        .select(ChallengeRow::as_select())
        .for_update()
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn find(
    tx: &TenantTx,
    hash: &[u8],
    purpose: &str,
) -> Result<Option<ChallengeRow>, Error> {
    let found = account_challenge::table
        .find((tx.tenant().uuid(), hash))
        .filter(account_challenge::purpose.eq(purpose))
        .select(ChallengeRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Notes that the mail is on its way, and for a reset whose password it replaces.
pub async fn save_told(tx: &TenantTx, row: &ChallengeRow) -> Result<(), Error> {
    diesel::update(account_challenge::table.find((tx.tenant().uuid(), &row.hash)))
        .set((
            account_challenge::told_at.eq(row.told_at),
            account_challenge::customer_id.eq(row.customer_id),
            account_challenge::replaces.eq(&row.replaces),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn delete(tx: &TenantTx, hash: &[u8]) -> Result<(), Error> {
    diesel::delete(account_challenge::table.find((tx.tenant().uuid(), hash)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// No word that was sent to this address before it was locked opens anything from now on.
pub async fn delete_all(tx: &TenantTx, locked: &[ChallengeRow]) -> Result<(), Error> {
    let hashes: Vec<&[u8]> = locked.iter().map(|row| row.hash.as_slice()).collect();
    diesel::delete(account_challenge::table)
        .filter(account_challenge::tenant_id.eq(tx.tenant().uuid()))
        .filter(account_challenge::hash.eq_any(hashes))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Forgets at most `limit` that have run out; answers how many there were.
pub async fn delete_over(
    tx: &SystemTx,
    before: OffsetDateTime,
    limit: i64,
) -> Result<usize, Error> {
    let over: Vec<(Uuid, Vec<u8>)> = account_challenge::table
        .filter(account_challenge::expires_at.lt(before))
        .order(account_challenge::expires_at)
        .limit(limit)
        .for_update()
        .skip_locked()
        .select((account_challenge::tenant_id, account_challenge::hash))
        .load(&mut tx.conn())
        .await?;
    let (tenants, hashes): (Vec<Uuid>, Vec<Vec<u8>>) = over.into_iter().unzip();
    let gone = diesel::delete(account_challenge::table)
        .filter(account_challenge::tenant_id.eq_any(tenants))
        .filter(account_challenge::hash.eq_any(hashes))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(gone)
}
