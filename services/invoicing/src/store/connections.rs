//! The store's access to its fiscal provider.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{connection, connection_attempt};

pub const CONNECTED: &str = "connected";
pub const LOST: &str = "lost";
const MOLONI: &str = "moloni";

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = connection)]
pub struct ConnectionRow {
    pub state: String,
    /// Sealed.
    pub tokens: Vec<u8>,
    pub access_until: OffsetDateTime,
    pub refreshed_at: OffsetDateTime,
    pub connected_at: OffsetDateTime,
    pub version: i64,
}

/// A sealed pair and how long its access token is good.
#[derive(Clone, Debug)]
pub struct SealedPair {
    pub tokens: Vec<u8>,
    pub access_until: OffsetDateTime,
}

pub async fn find_connection(tx: &TenantTx) -> Result<Option<ConnectionRow>, Error> {
    let found = connection::table
        .filter(connection::tenant_id.eq(tx.tenant().uuid()))
        .select(ConnectionRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The pair of a merchant who has just let us in; it takes the place of any before it.
pub async fn save_new(tx: &TenantTx, pair: &SealedPair, now: OffsetDateTime) -> Result<(), Error> {
    diesel::insert_into(connection::table)
        .values((
            connection::tenant_id.eq(tx.tenant().uuid()),
            connection::provider.eq(MOLONI),
            connection::state.eq(CONNECTED),
            connection::tokens.eq(&pair.tokens),
            connection::access_until.eq(pair.access_until),
            connection::refreshed_at.eq(now),
            connection::connected_at.eq(now),
        ))
        .on_conflict(connection::tenant_id)
        .do_update()
        .set((
            connection::state.eq(CONNECTED),
            connection::tokens.eq(&pair.tokens),
            connection::access_until.eq(pair.access_until),
            connection::refreshed_at.eq(now),
            connection::connected_at.eq(now),
            connection::refresher.eq(None::<Uuid>),
            connection::refresher_until.eq(None::<OffsetDateTime>),
            connection::version.eq(connection::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Takes the right to refresh until `until`, unless somebody else has it. The row's version tells the
/// holder whether the pair is still the one that was seen.
pub async fn claim_refresh(
    tx: &TenantTx,
    holder: Uuid,
    (now, until): (OffsetDateTime, OffsetDateTime),
) -> Result<Option<ConnectionRow>, Error> {
    let free = connection::refresher_until
        .is_null()
        .or(connection::refresher_until.lt(now));
    let mine = connection::table
        .filter(connection::tenant_id.eq(tx.tenant().uuid()))
        .filter(connection::state.eq(CONNECTED))
        .filter(free.assume_not_null());
    let row = diesel::update(mine)
        .set((
            connection::refresher.eq(holder),
            connection::refresher_until.eq(until),
        ))
        .returning(ConnectionRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// Keeps a refreshed pair and gives the right back. False when the pair that was refreshed is not the
/// store's any more.
pub async fn save_refreshed(
    tx: &TenantTx,
    (holder, version): (Uuid, i64),
    pair: &SealedPair,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let saved = diesel::update(connection::table)
        .filter(connection::tenant_id.eq(tx.tenant().uuid()))
        .filter(connection::refresher.eq(holder))
        .filter(connection::version.eq(version))
        .set((
            connection::tokens.eq(&pair.tokens),
            connection::access_until.eq(pair.access_until),
            connection::refreshed_at.eq(now),
            connection::refresher.eq(None::<Uuid>),
            connection::refresher_until.eq(None::<OffsetDateTime>),
            connection::version.eq(connection::version + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(saved == 1)
}

/// Gives the right to refresh back; with `lost` the pair is known to be dead.
pub async fn release_refresh(
    tx: &TenantTx,
    (holder, version): (Uuid, i64),
    state: &str,
) -> Result<(), Error> {
    diesel::update(connection::table)
        .filter(connection::tenant_id.eq(tx.tenant().uuid()))
        .filter(connection::refresher.eq(holder))
        .filter(connection::version.eq(version))
        .set((
            connection::state.eq(state),
            connection::refresher.eq(None::<Uuid>),
            connection::refresher_until.eq(None::<OffsetDateTime>),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn delete_connection(tx: &TenantTx) -> Result<bool, Error> {
    let gone = diesel::delete(connection::table)
        .filter(connection::tenant_id.eq(tx.tenant().uuid()))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(gone == 1)
}

/// Stores whose pair was not refreshed since.
pub async fn list_stale(
    tx: &SystemTx,
    since: OffsetDateTime,
    limit: i64,
) -> Result<Vec<TenantId>, Error> {
    let ids: Vec<Uuid> = connection::table
        .filter(connection::state.eq(CONNECTED))
        .filter(connection::refreshed_at.lt(since))
        .order(connection::refreshed_at)
        .limit(limit)
        .select(connection::tenant_id)
        .load(&mut tx.conn())
        .await?;
    Ok(ids.into_iter().map(TenantId::from_uuid).collect())
}

pub async fn create_attempt(
    tx: &TenantTx,
    (id, staff): (Uuid, Uuid),
    expires_at: OffsetDateTime,
) -> Result<(), Error> {
    diesel::insert_into(connection_attempt::table)
        .values((
            connection_attempt::tenant_id.eq(tx.tenant().uuid()),
            connection_attempt::id.eq(id),
            connection_attempt::staff_id.eq(staff),
            connection_attempt::expires_at.eq(expires_at),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Uses an attempt up; answers who began it, when it was still good.
pub async fn use_attempt(
    tx: &TenantTx,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<Uuid>, Error> {
    let used: Option<(Uuid, OffsetDateTime)> = diesel::delete(connection_attempt::table)
        .filter(connection_attempt::tenant_id.eq(tx.tenant().uuid()))
        .filter(connection_attempt::id.eq(id))
        .returning((connection_attempt::staff_id, connection_attempt::expires_at))
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(used
        .filter(|(_, until)| *until > now)
        .map(|(staff, _)| staff))
}

pub async fn forget_attempts(tx: &SystemTx, now: OffsetDateTime) -> Result<(), Error> {
    diesel::delete(connection_attempt::table)
        .filter(connection_attempt::expires_at.lt(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
