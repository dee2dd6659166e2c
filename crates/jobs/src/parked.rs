//! Jobs that failed too often and wait for a person.

use db::{Db, Error, Prepare};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::schema::{PARKED, QUEUED, job};

pub const PAGE_MAX: i64 = 200;

/// A parked job, for a sysadmin's eyes.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = job, check_for_backend(diesel::pg::Pg))]
pub struct ParkedJob {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub kind: String,
    pub payload: serde_json::Value,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub finished_at: Option<OffsetDateTime>,
}

/// The newest first, at most [`PAGE_MAX`].
pub async fn list_parked(db: &Db, limit: i64) -> Result<Vec<ParkedJob>, Error> {
    let tx = db.begin_system("list parked jobs").await?;
    let page = job::table
        .filter(job::state.eq(PARKED))
        .order(job::id.desc())
        .limit(limit.clamp(1, PAGE_MAX))
        .select(ParkedJob::as_select())
        .load(&mut tx.conn())
        .await?;
    tx.rollback().await;
    Ok(page)
}

/// Queues a parked job again, with all its attempts. False when there is none.
pub async fn retry(db: &Db, id: Uuid) -> Result<bool, Error> {
    let mut tx = db.begin_system("retry a parked job").await?;
    let again = diesel::update(
        job::table
            .filter(job::id.eq(id))
            .filter(job::state.eq(PARKED)),
    )
    .set((
        job::state.eq(QUEUED),
        job::attempts.eq(0),
        job::run_at.eq(now),
        job::finished_at.eq(None::<OffsetDateTime>),
    ))
    .prepared()
    .execute(&mut tx.conn())
    .await?;
    tx.mark_queued();
    tx.commit().await?;
    Ok(again > 0)
}

/// Forgets a parked job. False when there is none.
pub async fn discard(db: &Db, id: Uuid) -> Result<bool, Error> {
    let tx = db.begin_system("discard a parked job").await?;
    let gone = diesel::delete(
        job::table
            .filter(job::id.eq(id))
            .filter(job::state.eq(PARKED)),
    );
    let gone = gone.prepared().execute(&mut tx.conn()).await?;
    tx.commit().await?;
    Ok(gone > 0)
}
