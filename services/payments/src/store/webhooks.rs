//! Stripe's events as they came.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::schema::webhook_event;

/// Events that one statement puts back to be applied again: it must end in its time, and they are
/// worked off beside those that come meanwhile.
pub const REPLAY_MAX: i64 = 1_000;
/// Rows that one statement erases: it must end in its time.
pub const FORGET_MAX: i64 = 1_000;

/// Waits to be applied.
pub const RECEIVED: &str = "received";
pub const APPLIED: &str = "applied";
/// Kept, and about nothing of ours.
pub const IGNORED: &str = "ignored";
/// Genuine, and not what we asked for; raised as a break.
pub const MISMATCH: &str = "mismatch";
/// A person must look.
pub const FAILED: &str = "failed";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_event)]
pub struct WebhookRow {
    pub tenant_id: Uuid,
    pub endpoint: String,
    pub event_id: String,
    pub kind: String,
    pub account: Option<String>,
    pub livemode: bool,
    pub sent_at: OffsetDateTime,
    pub payload: Vec<u8>,
    pub state: String,
    pub note: Option<String>,
    pub attempts: i32,
    pub retry_at: OffsetDateTime,
    pub received_at: OffsetDateTime,
}

/// Which event: of whom, from which endpoint, under which id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookKey {
    pub tenant: TenantId,
    pub endpoint: String,
    pub event_id: String,
}

impl WebhookRow {
    pub fn tenant(&self) -> TenantId {
        TenantId::from_uuid(self.tenant_id)
    }

    pub fn key(&self) -> WebhookKey {
        WebhookKey {
            tenant: self.tenant(),
            endpoint: self.endpoint.clone(),
            event_id: self.event_id.clone(),
        }
    }
}

/// Keeps events; answers which are new.
pub async fn create_events(tx: &TenantTx, rows: &[WebhookRow]) -> Result<Vec<WebhookKey>, Error> {
    let made: Vec<(String, String)> = diesel::insert_into(webhook_event::table)
        .values(rows)
        .on_conflict_do_nothing()
        .returning((webhook_event::endpoint, webhook_event::event_id))
        .prepared_for(rows.len())
        .get_results(&mut tx.conn())
        .await?;
    let keys = made.into_iter().map(|(endpoint, event_id)| WebhookKey {
        tenant: tx.tenant(),
        endpoint,
        event_id,
    });
    Ok(keys.collect())
}

pub async fn find_event(tx: &TenantTx, key: &WebhookKey) -> Result<Option<WebhookRow>, Error> {
    let found = of(key)
        .select(WebhookRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

type OfKey<'a> = diesel::dsl::Filter<
    diesel::dsl::Filter<
        diesel::dsl::Filter<webhook_event::table, diesel::dsl::Eq<webhook_event::tenant_id, Uuid>>,
        diesel::dsl::Eq<webhook_event::endpoint, &'a str>,
    >,
    diesel::dsl::Eq<webhook_event::event_id, &'a str>,
>;

fn of(key: &WebhookKey) -> OfKey<'_> {
    webhook_event::table
        .filter(webhook_event::tenant_id.eq(key.tenant.uuid()))
        .filter(webhook_event::endpoint.eq(key.endpoint.as_str()))
        .filter(webhook_event::event_id.eq(key.event_id.as_str()))
}

/// Takes up to `limit` waiting events, the oldest first, for the time of `lease`: then, if nothing
/// became of them, another worker may.
pub async fn claim_waiting(
    tx: &SystemTx,
    now: OffsetDateTime,
    lease: Duration,
    limit: i64,
) -> Result<Vec<WebhookRow>, Error> {
    let mut rows: Vec<WebhookRow> = webhook_event::table
        // Not a parameter: a plan that is kept for any state could not use the index of the waiting.
        .filter(sql::<Bool>("state = 'received'"))
        .filter(webhook_event::retry_at.le(now))
        .order(webhook_event::retry_at)
        .limit(limit)
        .for_update()
        .skip_locked()
        .select(WebhookRow::as_select())
        .prepared()
        .load(&mut tx.conn())
        .await?;
    if rows.is_empty() {
        return Ok(rows);
    }
    let tenants: Vec<Uuid> = rows.iter().map(|row| row.tenant_id).collect();
    let endpoints: Vec<&str> = rows.iter().map(|row| row.endpoint.as_str()).collect();
    let ids: Vec<&str> = rows.iter().map(|row| row.event_id.as_str()).collect();
    diesel::update(webhook_event::table)
        .filter(webhook_event::tenant_id.eq_any(tenants))
        .filter(webhook_event::endpoint.eq_any(endpoints))
        .filter(webhook_event::event_id.eq_any(ids))
        .filter(webhook_event::state.eq(RECEIVED))
        .set((
            webhook_event::retry_at.eq(now + lease),
            webhook_event::attempts.eq(webhook_event::attempts + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    for row in &mut rows {
        row.attempts += 1;
        row.retry_at = now + lease;
    }
    Ok(rows)
}

/// Marks a claimed event as dealt with, and locks it; false when somebody else took it meanwhile.
pub async fn finish_event(
    tx: &TenantTx,
    row: &WebhookRow,
    state: &str,
    note: Option<&str>,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let key = row.key();
    let mine = of(&key)
        .filter(webhook_event::state.eq(RECEIVED))
        .filter(webhook_event::attempts.eq(row.attempts));
    let finished = diesel::update(mine)
        .set((
            webhook_event::state.eq(state),
            webhook_event::note.eq(note),
            webhook_event::finished_at.eq(Some(now)),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(finished == 1)
}

/// Corrects the end of an event that this transaction has finished.
pub async fn save_outcome(
    tx: &TenantTx,
    row: &WebhookRow,
    state: &str,
    note: &str,
) -> Result<(), Error> {
    diesel::update(of(&row.key()))
        .set((
            webhook_event::state.eq(state),
            webhook_event::note.eq(Some(note)),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Lets a claimed event wait until `retry_at`.
pub async fn postpone_event(
    tx: &TenantTx,
    row: &WebhookRow,
    note: &str,
    retry_at: OffsetDateTime,
) -> Result<(), Error> {
    let key = row.key();
    let mine = of(&key)
        .filter(webhook_event::state.eq(RECEIVED))
        .filter(webhook_event::attempts.eq(row.attempts));
    diesel::update(mine)
        .set((
            webhook_event::note.eq(Some(note)),
            webhook_event::retry_at.eq(retry_at),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Gives an event of an account that was nobody's to the store it turned out to belong to.
pub async fn move_event(tx: &SystemTx, row: &WebhookRow, tenant: TenantId) -> Result<(), Error> {
    let moved = WebhookRow {
        tenant_id: tenant.uuid(),
        attempts: 0,
        retry_at: row.received_at,
        ..row.clone()
    };
    diesel::insert_into(webhook_event::table)
        .values(&moved)
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    diesel::delete(of(&row.key()))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Lets an event be applied again, whatever became of it.
pub async fn save_replay(
    tx: &TenantTx,
    key: &WebhookKey,
    now: OffsetDateTime,
) -> Result<Option<WebhookRow>, Error> {
    let row = diesel::update(of(key))
        .set((
            webhook_event::state.eq(RECEIVED),
            webhook_event::note.eq(None::<&str>),
            webhook_event::attempts.eq(0),
            webhook_event::retry_at.eq(now),
            webhook_event::finished_at.eq(None::<OffsetDateTime>),
        ))
        .returning(WebhookRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// Some of the log: what is absent chooses everything.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub kind: Option<String>,
    pub account: Option<String>,
    /// Received then or later.
    pub since: Option<OffsetDateTime>,
    /// Received earlier.
    pub until: Option<OffsetDateTime>,
}

/// An event that was put back.
#[derive(Clone, Debug, QueryableByName)]
pub struct Replayed {
    #[diesel(sql_type = Text)]
    pub event_id: String,
    #[diesel(sql_type = Timestamptz)]
    pub received_at: OffsetDateTime,
}

/// Lets the oldest of the selected events be applied again, [`REPLAY_MAX`] at most, whatever became of
/// them. Those that wait are on their way as it is.
pub async fn save_replays(
    tx: &SystemTx,
    selection: &Selection,
    now: OffsetDateTime,
) -> Result<Vec<Replayed>, Error> {
    let replayed = diesel::sql_query(
        "WITH chosen AS (
           SELECT tenant_id, endpoint, event_id FROM webhook_event
           WHERE state <> 'received'
             AND ($1 IS NULL OR type = $1) AND ($2 IS NULL OR account = $2)
             AND ($3 IS NULL OR received_at >= $3) AND ($4 IS NULL OR received_at < $4)
           ORDER BY received_at LIMIT $5 FOR UPDATE)
         UPDATE webhook_event event
         SET state = 'received', note = NULL, attempts = 0, retry_at = $6, finished_at = NULL
         FROM chosen
         WHERE event.tenant_id = chosen.tenant_id AND event.endpoint = chosen.endpoint
           AND event.event_id = chosen.event_id
         RETURNING event.event_id, event.received_at",
    )
    .bind::<Nullable<Text>, _>(selection.kind.as_deref())
    .bind::<Nullable<Text>, _>(selection.account.as_deref())
    .bind::<Nullable<Timestamptz>, _>(selection.since)
    .bind::<Nullable<Timestamptz>, _>(selection.until)
    .bind::<BigInt, _>(REPLAY_MAX)
    .bind::<Timestamptz, _>(now)
    .load(&mut tx.conn())
    .await?;
    Ok(replayed)
}

/// The log across tenants, newest first.
pub async fn list_events(
    tx: &SystemTx,
    state: Option<&str>,
    selection: &Selection,
    limit: i64,
) -> Result<Vec<WebhookRow>, Error> {
    let mut query = webhook_event::table
        .order(webhook_event::received_at.desc())
        .limit(limit)
        .select(WebhookRow::as_select())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(webhook_event::state.eq(state.to_owned()));
    }
    if let Some(kind) = &selection.kind {
        query = query.filter(webhook_event::kind.eq(kind.clone()));
    }
    if let Some(account) = &selection.account {
        query = query.filter(webhook_event::account.eq(account.clone()));
    }
    if let Some(since) = selection.since {
        query = query.filter(webhook_event::received_at.ge(since));
    }
    if let Some(until) = selection.until {
        query = query.filter(webhook_event::received_at.lt(until));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// Forgets what was dealt with and came before `before`, [`FORGET_MAX`] at most; answers how many.
pub async fn delete_old(tx: &SystemTx, before: OffsetDateTime) -> Result<usize, Error> {
    let gone = diesel::sql_query(
        "DELETE FROM webhook_event WHERE (tenant_id, endpoint, event_id) IN (
           SELECT tenant_id, endpoint, event_id FROM webhook_event
           WHERE received_at < $1 AND state <> 'received'
           ORDER BY received_at LIMIT $2 FOR UPDATE)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(FORGET_MAX)
    .execute(&mut tx.conn())
    .await?;
    Ok(gone)
}
