//! Stripe's events as they came.

use db::{Error, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::webhook_event;

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
}

/// Which event: of whom, from which endpoint, under which id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookKey {
    pub tenant: TenantId,
    pub endpoint: String,
    pub event_id: String,
}

/// Keeps an event; answers whether it is new.
pub async fn create_event(tx: &TenantTx, row: &WebhookRow) -> Result<bool, Error> {
    let made = diesel::insert_into(webhook_event::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(&mut tx.conn())
        .await?;
    Ok(made == 1)
}

pub async fn find_event(tx: &TenantTx, key: &WebhookKey) -> Result<Option<WebhookRow>, Error> {
    let found = of(tx, key)
        .select(WebhookRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Locks an event that waits to be applied; nothing when somebody else did it meanwhile.
pub async fn lock_waiting(tx: &TenantTx, key: &WebhookKey) -> Result<Option<WebhookRow>, Error> {
    let found = of(tx, key)
        .filter(webhook_event::state.eq("received"))
        .select(WebhookRow::as_select())
        .for_update()
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

fn of<'a>(tx: &TenantTx, key: &'a WebhookKey) -> OfKey<'a> {
    webhook_event::table
        .filter(webhook_event::tenant_id.eq(tx.tenant().uuid()))
        .filter(webhook_event::endpoint.eq(key.endpoint.as_str()))
        .filter(webhook_event::event_id.eq(key.event_id.as_str()))
}

pub async fn save_state(tx: &TenantTx, row: &WebhookRow) -> Result<(), Error> {
    let finished = row.state != "received";
    diesel::update(webhook_event::table)
        .filter(webhook_event::tenant_id.eq(row.tenant_id))
        .filter(webhook_event::endpoint.eq(&row.endpoint))
        .filter(webhook_event::event_id.eq(&row.event_id))
        .set((
            webhook_event::state.eq(&row.state),
            webhook_event::note.eq(&row.note),
            webhook_event::attempts.eq(row.attempts),
            webhook_event::retry_at.eq(row.retry_at),
            webhook_event::finished_at.eq(finished.then_some(row.retry_at)),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Events that wait to be applied, the oldest first.
pub async fn list_waiting(
    tx: &SystemTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<WebhookKey>, Error> {
    let rows: Vec<(Uuid, String, String)> = webhook_event::table
        .filter(webhook_event::state.eq("received"))
        .filter(webhook_event::retry_at.le(now))
        .order(webhook_event::retry_at)
        .limit(limit)
        .select((
            webhook_event::tenant_id,
            webhook_event::endpoint,
            webhook_event::event_id,
        ))
        .load(&mut tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, endpoint, event_id)| WebhookKey {
            tenant: TenantId::from_uuid(tenant),
            endpoint,
            event_id,
        })
        .collect())
}

/// The log across tenants, newest first.
pub async fn list_events(
    tx: &SystemTx,
    state: Option<&str>,
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
    Ok(query.load(&mut tx.conn()).await?)
}
