//! Mails on their way and what became of them.

use db::{Error, Prepare, SystemTx, TenantTx, one_of};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{message, message_event};

pub const QUEUED: &str = "queued";
/// Somebody is being asked to take it.
pub const SENDING: &str = "sending";
/// Nobody knows whether it was taken.
pub const AMBIGUOUS: &str = "ambiguous";
/// Taken by the transport.
pub const SENT: &str = "sent";
pub const DELIVERED: &str = "delivered";
pub const BOUNCED: &str = "bounced";
pub const COMPLAINED: &str = "complained";
pub const FAILED: &str = "failed";
pub const SUPPRESSED: &str = "suppressed";
pub const CANCELLED: &str = "cancelled";
pub const STATES: [&str; 10] = [
    QUEUED, SENDING, AMBIGUOUS, SENT, DELIVERED, BOUNCED, COMPLAINED, FAILED, SUPPRESSED, CANCELLED,
];
/// States in which something is still to be done.
pub const OPEN: [&str; 3] = [QUEUED, SENDING, AMBIGUOUS];

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = message)]
pub struct MessageRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub kind: String,
    pub about: String,
    /// The mark of the address.
    pub recipient: Vec<u8>,
    pub order_id: Option<Uuid>,
    pub locale: String,
    pub priority: i16,
    pub state: String,
    /// When something is to be done next, in the open states.
    pub due_at: OffsetDateTime,
    pub attempts: i32,
    pub resends: i32,
    pub was_ambiguous: bool,
    pub transport: Option<String>,
    pub provider_id: Option<String>,
    pub problem: Option<String>,
    pub address: Option<Vec<u8>>,
    pub content: Option<Vec<u8>>,
    pub rendered: Option<Vec<u8>>,
    pub resend_of: Option<Uuid>,
    pub created_at: OffsetDateTime,
    pub sent_at: Option<OffsetDateTime>,
    pub updated_at: OffsetDateTime,
}

impl MessageRow {
    pub fn is_open(&self) -> bool {
        OPEN.contains(&self.state.as_str())
    }
}

/// How far a message has come, without what it says: that is most of its bytes, and lies apart.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = message)]
pub struct Progress {
    pub id: Uuid,
    pub kind: String,
    pub state: String,
    pub due_at: OffsetDateTime,
    pub attempts: i32,
    pub resends: i32,
    pub was_ambiguous: bool,
    pub transport: Option<String>,
    pub provider_id: Option<String>,
    pub problem: Option<String>,
    pub address: Option<Vec<u8>>,
    pub sent_at: Option<OffsetDateTime>,
    pub updated_at: OffsetDateTime,
}

impl Progress {
    pub fn is_open(&self) -> bool {
        OPEN.contains(&self.state.as_str())
    }
}

/// False when a mail of this kind about the same thing to the same person is there already.
pub async fn create(tx: &TenantTx, row: &MessageRow) -> Result<bool, Error> {
    let made = diesel::insert_into(message::table)
        .values(row)
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(made == 1)
}

pub async fn find(tx: &TenantTx, id: Uuid) -> Result<Option<MessageRow>, Error> {
    let row = message::table
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(message::id.eq(id))
        .select(MessageRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// Several, the oldest first, in which order everybody locks them.
pub async fn lock_all(tx: &TenantTx, ids: &[Uuid]) -> Result<Vec<Progress>, Error> {
    let rows = message::table
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(one_of(message::id, ids))
        .order(message::id)
        .select(Progress::as_select())
        .for_update()
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn lock(tx: &TenantTx, id: Uuid) -> Result<Option<MessageRow>, Error> {
    let row = message::table
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(message::id.eq(id))
        .select(MessageRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

/// Those of the messages whose turn is now, locked; not those that another process has or that were dealt
/// with.
pub async fn lock_due(
    tx: &TenantTx,
    ids: &[Uuid],
    now: OffsetDateTime,
) -> Result<Vec<MessageRow>, Error> {
    let rows = message::table
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(one_of(message::id, ids))
        .filter(message::state.eq_any(OPEN))
        .filter(message::due_at.le(now))
        .select(MessageRow::as_select())
        .for_update()
        .skip_locked()
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// The mails of these kinds about an order, locked, the oldest first. Whoever locks them has locked the order:
/// it does not matter in which order he gets them, and asked for one the server goes through all mails of the
/// store in it.
pub async fn lock_of_order(
    tx: &TenantTx,
    order: Uuid,
    kinds: &[&str],
) -> Result<Vec<MessageRow>, Error> {
    let mut rows = message::table
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(message::order_id.eq(order))
        .filter(message::kind.eq_any(kinds))
        .filter(message::resend_of.is_null())
        .select(MessageRow::as_select())
        .for_update()
        .load(&mut tx.conn())
        .await?;
    rows.sort_unstable_by_key(|row| row.id);
    Ok(rows)
}

/// Where a message stands. What it says is not written anew with it: that is most of its bytes, in the
/// table, its log and its indexes.
#[derive(AsChangeset)]
#[diesel(table_name = message, treat_none_as_null = true)]
pub struct Standing<'a> {
    state: &'a str,
    due_at: OffsetDateTime,
    attempts: i32,
    resends: i32,
    was_ambiguous: bool,
    transport: Option<&'a str>,
    provider_id: Option<&'a str>,
    problem: Option<&'a str>,
    sent_at: Option<OffsetDateTime>,
    updated_at: OffsetDateTime,
}

impl<'a> From<&'a MessageRow> for Standing<'a> {
    fn from(row: &'a MessageRow) -> Self {
        Self {
            state: &row.state,
            due_at: row.due_at,
            attempts: row.attempts,
            resends: row.resends,
            was_ambiguous: row.was_ambiguous,
            transport: row.transport.as_deref(),
            provider_id: row.provider_id.as_deref(),
            problem: row.problem.as_deref(),
            sent_at: row.sent_at,
            updated_at: row.updated_at,
        }
    }
}

impl<'a> From<&'a Progress> for Standing<'a> {
    fn from(row: &'a Progress) -> Self {
        Self {
            state: &row.state,
            due_at: row.due_at,
            attempts: row.attempts,
            resends: row.resends,
            was_ambiguous: row.was_ambiguous,
            transport: row.transport.as_deref(),
            provider_id: row.provider_id.as_deref(),
            problem: row.problem.as_deref(),
            sent_at: row.sent_at,
            updated_at: row.updated_at,
        }
    }
}

/// Saves where a message stands, whether its row was read with what it says or without.
pub async fn save<'a>(
    tx: &TenantTx,
    id: Uuid,
    stands: impl Into<Standing<'a>>,
) -> Result<(), Error> {
    diesel::update(message::table)
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(message::id.eq(id))
        .set(stands.into())
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Saves where a message stands, and what it is made from.
pub async fn save_with_content(tx: &TenantTx, row: &MessageRow) -> Result<(), Error> {
    diesel::update(message::table)
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(message::id.eq(row.id))
        .set((Standing::from(row), message::content.eq(&row.content)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Saves where a message stands, and its words.
pub async fn save_with_rendered(tx: &TenantTx, row: &MessageRow) -> Result<(), Error> {
    diesel::update(message::table)
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(message::id.eq(row.id))
        .set((Standing::from(row), message::rendered.eq(&row.rendered)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Something that happened to a message.
pub struct Happened<'a> {
    pub message: Uuid,
    pub event: &'a str,
    pub detail: &'a str,
}

#[derive(QueryableByName)]
struct Noted {
    #[diesel(sql_type = sql_types::Uuid)]
    message_id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    event: String,
}

/// Notes what happened to messages; answers of which messages and events that was new.
pub async fn note(
    tx: &TenantTx,
    all: &[Happened<'_>],
    at: OffsetDateTime,
) -> Result<Vec<(Uuid, String)>, Error> {
    let sql = "INSERT INTO message_event (tenant_id, message_id, event, detail, at)
        SELECT $1, told.message_id, told.event, told.detail, $5
        FROM unnest($2, $3, $4) AS told (message_id, event, detail)
        ON CONFLICT DO NOTHING RETURNING message_id, event";
    let messages: Vec<Uuid> = all.iter().map(|one| one.message).collect();
    let events: Vec<&str> = all.iter().map(|one| one.event).collect();
    let details: Vec<&str> = all.iter().map(|one| one.detail).collect();
    let noted: Vec<Noted> = diesel::sql_query(sql)
        .bind::<sql_types::Uuid, _>(tx.tenant().uuid())
        .bind::<sql_types::Array<sql_types::Uuid>, _>(messages)
        .bind::<sql_types::Array<sql_types::Text>, _>(events)
        .bind::<sql_types::Array<sql_types::Text>, _>(details)
        .bind::<sql_types::Timestamptz, _>(at)
        .load(&mut tx.conn())
        .await?;
    Ok(noted
        .into_iter()
        .map(|one| (one.message_id, one.event))
        .collect())
}

/// What happened to a message, in order.
pub async fn events_of(
    tx: &TenantTx,
    id: Uuid,
) -> Result<Vec<(String, String, OffsetDateTime)>, Error> {
    let rows = message_event::table
        .filter(message_event::tenant_id.eq(tx.tenant().uuid()))
        .filter(message_event::message_id.eq(id))
        .order(message_event::at)
        .select((
            message_event::event,
            message_event::detail,
            message_event::at,
        ))
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Which mails a log shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<String>,
    pub kind: Option<String>,
    pub order: Option<Uuid>,
    pub recipient: Option<Vec<u8>>,
}

/// The newest first.
pub async fn list(
    tx: &TenantTx,
    filter: &Filter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<MessageRow>, Error> {
    let mut query = message::table
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .order(message::id.desc())
        .limit(limit)
        .select(MessageRow::as_select())
        .into_boxed();
    if let Some(state) = &filter.state {
        query = query.filter(message::state.eq(state.clone()));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(message::kind.eq(kind.clone()));
    }
    if let Some(order) = filter.order {
        query = query.filter(message::order_id.eq(order));
    }
    if let Some(recipient) = &filter.recipient {
        query = query.filter(message::recipient.eq(recipient.clone()));
    }
    if let Some(before) = before {
        query = query.filter(message::id.lt(before));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// How often a message was sent again by hand.
pub async fn count_resends(tx: &TenantTx, of: Uuid) -> Result<i64, Error> {
    let count = message::table
        .filter(message::tenant_id.eq(tx.tenant().uuid()))
        .filter(message::resend_of.eq(of))
        .count()
        .get_result(&mut tx.conn())
        .await?;
    Ok(count)
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = sql_types::Uuid)]
    tenant_id: Uuid,
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
}

/// What is due, by turns: a store with a thousand mails does not keep another's one waiting, and what
/// somebody waits for at a screen goes first.
pub async fn list_due(
    tx: &SystemTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<(TenantId, Uuid)>, Error> {
    let sql = "WITH RECURSIVE store (id) AS (
          (SELECT tenant_id FROM message WHERE state IN ('queued', 'sending', 'ambiguous')
            AND due_at <= $1 ORDER BY tenant_id LIMIT 1)
          UNION ALL
          SELECT (SELECT tenant_id FROM message WHERE state IN ('queued', 'sending', 'ambiguous')
            AND due_at <= $1 AND tenant_id > store.id ORDER BY tenant_id LIMIT 1)
          FROM store WHERE store.id IS NOT NULL
        )
        SELECT due.tenant_id, due.id FROM store CROSS JOIN LATERAL (
          SELECT tenant_id, message.id, priority, due_at,
            row_number() OVER (ORDER BY priority, due_at) AS turn
          FROM message WHERE tenant_id = store.id
            AND state IN ('queued', 'sending', 'ambiguous') AND due_at <= $1
          ORDER BY priority, due_at LIMIT $2
        ) AS due ORDER BY (priority > 0), turn, due_at LIMIT $2";
    let rows: Vec<Due> = diesel::sql_query(sql)
        .bind::<sql_types::Timestamptz, _>(now)
        .bind::<sql_types::BigInt, _>(limit)
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|due| (TenantId::from_uuid(due.tenant_id), due.id))
        .collect())
}

/// The stores that messages belong to, from the platform's scope.
pub async fn tenants_of(tx: &SystemTx, ids: &[Uuid]) -> Result<Vec<(Uuid, TenantId)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = message::table
        .filter(one_of(message::id, ids))
        .select((message::id, message::tenant_id))
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, tenant)| (id, TenantId::from_uuid(tenant)))
        .collect())
}

/// How many mails of each state each store has, and since when.
#[derive(QueryableByName)]
pub struct Count {
    #[diesel(sql_type = sql_types::Uuid)]
    pub tenant_id: Uuid,
    #[diesel(sql_type = sql_types::Text)]
    pub state: String,
    #[diesel(sql_type = sql_types::BigInt)]
    pub mails: i64,
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub newest: OffsetDateTime,
}

/// Of mails made since `since`, across stores.
pub async fn count_by_state(tx: &SystemTx, since: OffsetDateTime) -> Result<Vec<Count>, Error> {
    let sql = "SELECT tenant_id, state, count(*) AS mails, max(updated_at) AS newest FROM message
        WHERE created_at >= $1 GROUP BY tenant_id, state ORDER BY tenant_id, state";
    let rows = diesel::sql_query(sql)
        .bind::<sql_types::Timestamptz, _>(since)
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Mails in a state across stores, the newest first: for the platform's own people, without contents.
pub async fn list_across(tx: &SystemTx, state: &str, limit: i64) -> Result<Vec<MessageRow>, Error> {
    let rows = message::table
        .filter(message::state.eq(state))
        .order(message::updated_at.desc())
        .limit(limit)
        .select(MessageRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}
