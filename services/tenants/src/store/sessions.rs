//! Sessions and their refresh tokens.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use http_kit::auth::RefreshState;
use kernel::{SessionId, StaffId};
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{refresh_token, session};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = session)]
pub struct SessionRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub staff_id: Uuid,
    pub created_at: OffsetDateTime,
    pub expires_at: OffsetDateTime,
    pub ended_at: Option<OffsetDateTime>,
    pub end_reason: Option<String>,
}

pub async fn create_session(tx: &TenantTx, row: &SessionRow) -> Result<(), Error> {
    diesel::insert_into(session::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn create_refresh_token(
    tx: &TenantTx,
    session: SessionId,
    hash: &[u8],
    now: OffsetDateTime,
    expires_at: OffsetDateTime,
) -> Result<(), Error> {
    diesel::insert_into(refresh_token::table)
        .values((
            refresh_token::tenant_id.eq(tx.tenant().uuid()),
            refresh_token::hash.eq(hash),
            refresh_token::session_id.eq(session.uuid()),
            refresh_token::created_at.eq(now),
            refresh_token::expires_at.eq(expires_at),
        ))
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
    let of_token = refresh_token::table
        .find((tx.tenant().uuid(), hash))
        .select(refresh_token::session_id)
        .first::<Uuid>(&mut tx.conn())
        .await
        .optional()?;
    let Some(session_id) = of_token else {
        return Ok(None);
    };
    let row = session::table
        .filter(
            session::tenant_id
                .eq(tx.tenant().uuid())
                .and(session::id.eq(session_id)),
        )
        .select(SessionRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await?;
    // Read behind the lock: a twin may have used it a moment ago.
    let (token_expires_at, token_used_at) = refresh_token::table
        .find((tx.tenant().uuid(), hash))
        .select((refresh_token::expires_at, refresh_token::used_at))
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
    diesel::update(refresh_token::table)
        .filter(refresh_token::tenant_id.eq(tx.tenant().uuid()))
        .filter(refresh_token::session_id.eq(session.uuid()))
        .filter(refresh_token::used_at.is_null())
        .set(refresh_token::used_at.eq(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Ends one session; false when it had ended or is not there.
pub async fn end_session(
    tx: &TenantTx,
    id: SessionId,
    reason: &str,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let ended = diesel::update(session::table.find((tx.tenant().uuid(), id.uuid())))
        .filter(session::ended_at.is_null())
        .set((session::ended_at.eq(now), session::end_reason.eq(reason)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(ended == 1)
}

/// Ends every session of a person and says which.
pub async fn end_all_sessions(
    tx: &TenantTx,
    staff: StaffId,
    reason: &str,
    now: OffsetDateTime,
) -> Result<Vec<SessionId>, Error> {
    let ended: Vec<Uuid> = diesel::update(session::table)
        .filter(
            session::tenant_id
                .eq(tx.tenant().uuid())
                .and(session::staff_id.eq(staff.uuid())),
        )
        .filter(session::ended_at.is_null())
        .set((session::ended_at.eq(now), session::end_reason.eq(reason)))
        .returning(session::id)
        .prepared()
        .get_results(&mut tx.conn())
        .await?;
    Ok(ended.into_iter().map(SessionId::from_uuid).collect())
}
