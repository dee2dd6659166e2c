//! Events on their way to merchants' programs.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{delivery, delivery_attempt};

pub const PENDING: &str = "pending";
pub const DELIVERED: &str = "delivered";
pub const FAILED: &str = "failed";
pub const STATES: [&str; 3] = [PENDING, DELIVERED, FAILED];

#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = delivery, treat_none_as_null = true)]
pub struct DeliveryRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub endpoint_id: Uuid,
    /// The same for every endpoint and every attempt: the header `webhook-id`.
    pub event_id: String,
    pub kind: String,
    /// Sealed.
    pub payload: Vec<u8>,
    pub state: String,
    pub attempts: i32,
    pub due_at: OffsetDateTime,
    pub last_status: Option<i32>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = delivery_attempt)]
pub struct AttemptRow {
    pub tenant_id: Uuid,
    pub delivery_id: Uuid,
    pub number: i32,
    pub at: OffsetDateTime,
    /// Absent when there was no answer.
    pub status: Option<i32>,
    pub problem: Option<String>,
    pub answer: String,
    pub duration_ms: i32,
}

/// An event goes to an endpoint once.
pub async fn create(tx: &TenantTx, row: &DeliveryRow) -> Result<bool, Error> {
    let made = diesel::insert_into(delivery::table)
        .values(row)
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(made == 1)
}

pub async fn find(tx: &TenantTx, id: Uuid) -> Result<Option<DeliveryRow>, Error> {
    let row = delivery::table
        .filter(delivery::tenant_id.eq(tx.tenant().uuid()))
        .filter(delivery::id.eq(id))
        .select(DeliveryRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

pub async fn lock(tx: &TenantTx, id: Uuid) -> Result<Option<DeliveryRow>, Error> {
    let row = delivery::table
        .filter(delivery::tenant_id.eq(tx.tenant().uuid()))
        .filter(delivery::id.eq(id))
        .select(DeliveryRow::as_select())
        .for_update()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

pub async fn lock_due(
    tx: &TenantTx,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<DeliveryRow>, Error> {
    let row = delivery::table
        .filter(delivery::tenant_id.eq(tx.tenant().uuid()))
        .filter(delivery::id.eq(id))
        .filter(delivery::state.eq(PENDING))
        .filter(delivery::due_at.le(now))
        .select(DeliveryRow::as_select())
        .for_update()
        .skip_locked()
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(row)
}

pub async fn save(tx: &TenantTx, row: &DeliveryRow) -> Result<(), Error> {
    diesel::update(delivery::table)
        .filter(delivery::tenant_id.eq(tx.tenant().uuid()))
        .filter(delivery::id.eq(row.id))
        .set(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn create_attempt(tx: &TenantTx, row: &AttemptRow) -> Result<(), Error> {
    diesel::insert_into(delivery_attempt::table)
        .values(row)
        .on_conflict_do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The first first.
pub async fn attempts_of(tx: &TenantTx, id: Uuid) -> Result<Vec<AttemptRow>, Error> {
    let rows = delivery_attempt::table
        .filter(delivery_attempt::tenant_id.eq(tx.tenant().uuid()))
        .filter(delivery_attempt::delivery_id.eq(id))
        .order(delivery_attempt::number)
        .select(AttemptRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// The newest first.
pub async fn list(
    tx: &TenantTx,
    endpoint: Uuid,
    state: Option<&str>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<DeliveryRow>, Error> {
    let mut query = delivery::table
        .filter(delivery::tenant_id.eq(tx.tenant().uuid()))
        .filter(delivery::endpoint_id.eq(endpoint))
        .order(delivery::id.desc())
        .limit(limit)
        .select(DeliveryRow::as_select())
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(delivery::state.eq(state.to_owned()));
    }
    if let Some(before) = before {
        query = query.filter(delivery::id.lt(before));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// What waits for an endpoint that is switched off fails with it.
pub async fn fail_pending(
    tx: &TenantTx,
    endpoint: Uuid,
    now: OffsetDateTime,
) -> Result<usize, Error> {
    let failed = diesel::update(delivery::table)
        .filter(delivery::tenant_id.eq(tx.tenant().uuid()))
        .filter(delivery::endpoint_id.eq(endpoint))
        .filter(delivery::state.eq(PENDING))
        .set((delivery::state.eq(FAILED), delivery::updated_at.eq(now)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(failed)
}

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = sql_types::Uuid)]
    tenant_id: Uuid,
    #[diesel(sql_type = sql_types::Uuid)]
    id: Uuid,
}

/// What is due, by turns among endpoints: a slow one keeps nobody waiting.
pub async fn list_due(
    tx: &SystemTx,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<(TenantId, Uuid)>, Error> {
    let sql = "SELECT tenant_id, id FROM (
          SELECT tenant_id, id, due_at,
            row_number() OVER (PARTITION BY tenant_id, endpoint_id ORDER BY due_at) AS turn
          FROM (SELECT tenant_id, id, endpoint_id, due_at FROM delivery
            WHERE state = 'pending' AND due_at <= $1 ORDER BY due_at LIMIT 2000) AS near
        ) AS due ORDER BY turn, due_at LIMIT $2";
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
