//! ZeptoMail's webhooks as they came.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::schema::provider_event;

pub const RECEIVED: &str = "received";
pub const APPLIED: &str = "applied";
/// About no mail of ours.
pub const IGNORED: &str = "ignored";
/// A person must look.
pub const FAILED: &str = "failed";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = provider_event)]
pub struct ProviderEventRow {
    pub tenant_id: Uuid,
    pub id: String,
    /// Sealed.
    pub payload: Vec<u8>,
    pub state: String,
    pub note: Option<String>,
    pub attempts: i32,
    pub retry_at: OffsetDateTime,
    pub received_at: OffsetDateTime,
}

/// In the platform's scope; false when it came before.
pub async fn create(tx: &TenantTx, row: &ProviderEventRow) -> Result<bool, Error> {
    let made = diesel::insert_into(provider_event::table)
        .values(row)
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(made == 1)
}

/// Takes up to `limit` waiting events, the oldest first, for the time of `lease`.
pub async fn claim(
    tx: &SystemTx,
    now: OffsetDateTime,
    lease: Duration,
    limit: i64,
) -> Result<Vec<ProviderEventRow>, Error> {
    let platform = TenantId::PLATFORM.uuid();
    let mut rows: Vec<ProviderEventRow> = provider_event::table
        .filter(provider_event::tenant_id.eq(platform))
        // Not a parameter: a plan that is kept for any state could not use the index of the waiting.
        .filter(sql::<Bool>("state = 'received'"))
        .filter(provider_event::retry_at.le(now))
        .order(provider_event::retry_at)
        .limit(limit)
        .for_update()
        .skip_locked()
        .select(ProviderEventRow::as_select())
        .prepared()
        .load(&mut tx.conn())
        .await?;
    if rows.is_empty() {
        return Ok(rows);
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    diesel::update(provider_event::table)
        .filter(provider_event::tenant_id.eq(platform))
        .filter(provider_event::id.eq_any(ids))
        .set((
            provider_event::retry_at.eq(now + lease),
            provider_event::attempts.eq(provider_event::attempts + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    for row in &mut rows {
        row.attempts += 1;
    }
    Ok(rows)
}

/// Says how these events ended.
pub async fn finish(
    tx: &SystemTx,
    ids: &[&str],
    state: &str,
    note: Option<&str>,
) -> Result<(), Error> {
    diesel::update(provider_event::table)
        .filter(provider_event::tenant_id.eq(TenantId::PLATFORM.uuid()))
        .filter(provider_event::id.eq_any(ids))
        .set((
            provider_event::state.eq(state),
            provider_event::note.eq(note),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The newest first, without their contents.
pub async fn list(tx: &SystemTx, limit: i64) -> Result<Vec<ProviderEventRow>, Error> {
    let rows = provider_event::table
        .filter(provider_event::tenant_id.eq(TenantId::PLATFORM.uuid()))
        .order(provider_event::received_at.desc())
        .limit(limit)
        .select(ProviderEventRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}
