//! Customers' sessions and their refresh tokens.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use http_kit::auth::RefreshState;
use kernel::{CustomerId, SessionId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{customer_refresh_token, customer_session};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = customer_session)]
pub struct SessionRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub customer_id: Uuid,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub ended_at: Option<OffsetDateTime>,
    pub end_reason: Option<String>,
}

impl SessionRow {
    pub fn session_id(&self) -> SessionId {
        SessionId::from_uuid(self.id)
    }

    pub fn customer(&self) -> CustomerId {
        CustomerId::from_uuid(self.customer_id)
    }
}

#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = customer_refresh_token)]
pub struct RefreshRow {
    pub tenant_id: Uuid,
    pub hash: Vec<u8>,
    pub session_id: Uuid,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
}

pub async fn create_session(tx: &TenantTx, row: &SessionRow) -> Result<(), Error> {
    diesel::insert_into(customer_session::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn create_refresh_token(tx: &TenantTx, row: &RefreshRow) -> Result<(), Error> {
    diesel::insert_into(customer_refresh_token::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The session a refresh token belongs to, locked: two requests with tokens of one session come
/// one after the other.
pub async fn lock_of_token(
    tx: &TenantTx,
    hash: &[u8],
) -> Result<Option<(SessionRow, RefreshState)>, Error> {
    let of_token = customer_refresh_token::table
        .find((tx.tenant().uuid(), hash))
        .select(customer_refresh_token::session_id)
        .first::<Uuid>(&mut tx.conn())
        .await
        .optional()?;
    let Some(session_id) = of_token else {
        return Ok(None);
    };
    let row = customer_session::table
        .find((tx.tenant().uuid(), session_id))
        .select(SessionRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await?;
    // Read behind the lock: a twin may have used it a moment ago.
    let (token_expires_at, token_used_at) = customer_refresh_token::table
        .find((tx.tenant().uuid(), hash))
        .select((
            customer_refresh_token::expires_at,
            customer_refresh_token::used_at,
        ))
        .first(&mut tx.conn())
        .await?;
    let state = RefreshState {
        token_expires_at,
        token_used_at,
        session_expires_at: row.expires_at,
        session_ended_at: row.ended_at,
    };
    Ok(Some((row, state)))
}

/// No token of the session that is still unused works from now on.
pub async fn use_up_tokens(
    tx: &TenantTx,
    session: SessionId,
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(customer_refresh_token::table)
        .filter(customer_refresh_token::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer_refresh_token::session_id.eq(session.uuid()))
        .filter(customer_refresh_token::used_at.is_null())
        .set(customer_refresh_token::used_at.eq(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Ends one session; false when it had ended.
pub async fn end_session(
    tx: &TenantTx,
    id: SessionId,
    reason: &str,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let ended = diesel::update(customer_session::table.find((tx.tenant().uuid(), id.uuid())))
        .filter(customer_session::ended_at.is_null())
        .set((
            customer_session::ended_at.eq(now),
            customer_session::end_reason.eq(reason),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(ended == 1)
}

/// Ends every session of a customer and says which.
pub async fn end_all_sessions(
    tx: &TenantTx,
    customer: CustomerId,
    reason: &str,
    now: OffsetDateTime,
) -> Result<Vec<SessionId>, Error> {
    let ended: Vec<Uuid> = diesel::update(customer_session::table)
        .filter(customer_session::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer_session::customer_id.eq(customer.uuid()))
        .filter(customer_session::ended_at.is_null())
        .set((
            customer_session::ended_at.eq(now),
            customer_session::end_reason.eq(reason),
        ))
        .returning(customer_session::id)
        .prepared()
        .get_results(&mut tx.conn())
        .await?;
    Ok(ended.into_iter().map(SessionId::from_uuid).collect())
}

/// The newest first.
pub async fn list_sessions(
    tx: &TenantTx,
    customer: CustomerId,
    limit: i64,
) -> Result<Vec<SessionRow>, Error> {
    let rows = customer_session::table
        .filter(customer_session::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer_session::customer_id.eq(customer.uuid()))
        .order(customer_session::id.desc())
        .limit(limit)
        .select(SessionRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Forgets every session of a customer.
pub async fn delete_of_customer(tx: &TenantTx, customer: CustomerId) -> Result<(), Error> {
    let theirs = customer_session::table
        .filter(customer_session::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer_session::customer_id.eq(customer.uuid()))
        .select(customer_session::id);
    diesel::delete(customer_refresh_token::table)
        .filter(customer_refresh_token::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer_refresh_token::session_id.eq_any(theirs))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    diesel::delete(customer_session::table)
        .filter(customer_session::tenant_id.eq(tx.tenant().uuid()))
        .filter(customer_session::customer_id.eq(customer.uuid()))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Forgets at most `limit` sessions that have run out; answers how many there were.
pub async fn delete_over(
    tx: &SystemTx,
    before: OffsetDateTime,
    limit: i64,
) -> Result<usize, Error> {
    let over: Vec<(Uuid, Uuid)> = customer_session::table
        .filter(customer_session::expires_at.lt(before))
        .order(customer_session::expires_at)
        .limit(limit)
        .for_update()
        .skip_locked()
        .select((customer_session::tenant_id, customer_session::id))
        .load(&mut tx.conn())
        .await?;
    let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) = over.into_iter().unzip();
    diesel::delete(customer_refresh_token::table)
        .filter(customer_refresh_token::tenant_id.eq_any(&tenants))
        .filter(customer_refresh_token::session_id.eq_any(&ids))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let gone = diesel::delete(customer_session::table)
        .filter(customer_session::tenant_id.eq_any(&tenants))
        .filter(customer_session::id.eq_any(&ids))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(gone)
}
