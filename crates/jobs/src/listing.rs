//! What there is to do, and what became of it, for an operator's eyes.

use db::{Db, Error};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::schema::job;

/// A job as it stands, without its payload.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = job, check_for_backend(diesel::pg::Pg))]
pub struct JobRow {
    /// Nil for the platform's own.
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub kind: String,
    /// queued, done or parked.
    pub state: String,
    pub run_at: OffsetDateTime,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: OffsetDateTime,
    pub finished_at: Option<OffsetDateTime>,
}

/// The newest first, those after the job `after`; of every state and kind, unless one is named.
pub async fn list(
    db: &Db,
    state: Option<&str>,
    kind: Option<&str>,
    limit: i64,
    after: Option<Uuid>,
) -> Result<Vec<JobRow>, Error> {
    let tx = db.begin_system("list jobs").await?;
    let mut query = job::table
        .select(JobRow::as_select())
        .order(job::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(job::state.eq(state));
    }
    if let Some(kind) = kind {
        query = query.filter(job::kind.eq(kind));
    }
    if let Some(after) = after {
        query = query.filter(job::id.lt(after));
    }
    let page = query.load(&mut tx.conn()).await?;
    tx.rollback().await;
    Ok(page)
}
