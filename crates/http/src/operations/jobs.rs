//! Work outside requests.

use ::jobs::JobRow;
use actix_web::web::Data;
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Operations;
use crate::{ApiError, HttpResponse, Json, List, Page, Path, Query, RequestMeta, Sysadmin};

/// A piece of work. What it is about is not shown: it may hold a shopper's data.
#[derive(Serialize, ToSchema)]
pub struct JobView {
    pub id: Uuid,
    /// The nil UUID for the platform's own work.
    pub tenant_id: TenantId,
    #[schema(example = "send_refund")]
    pub kind: String,
    /// queued, done, or parked: it failed too often and waits for a person.
    pub state: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    /// When it is due, or was.
    #[serde(with = "time::serde::rfc3339")]
    pub run_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
}

impl From<JobRow> for JobView {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id,
            tenant_id: TenantId::from_uuid(row.tenant_id),
            kind: row.kind,
            state: row.state,
            attempts: row.attempts,
            last_error: row.last_error,
            run_at: row.run_at,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Queued,
    Done,
    Parked,
}

impl JobState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Done => "done",
            Self::Parked => "parked",
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobFilter {
    /// Only those in this state.
    #[param(inline)]
    pub state: Option<JobState>,
    /// Only this kind of work, such as send_refund.
    pub kind: Option<String>,
}

/// This service's work, the newest first.
#[utoipa::path(get, path = "/api/SERVICE/sysadmin/jobs",
    responses((status = 200, body = List<JobView>)))]
pub async fn list_jobs(
    app: Data<Operations>,
    _: Sysadmin,
    page: Page,
    filter: Query<JobFilter>,
) -> Result<Json<List<JobView>>, ApiError> {
    let (state, kind) = (filter.state.map(JobState::as_str), filter.kind.as_deref());
    let rows = ::jobs::list(&app.db, state, kind, page.fetch(), page.after()?).await?;
    Ok(Json(page.list(rows, |row| row.id, JobView::from)))
}

/// Queues a parked job again, with all its attempts.
#[utoipa::path(post, path = "/api/SERVICE/sysadmin/jobs/{id}/retry", responses((status = 204)))]
pub async fn retry_job(
    app: Data<Operations>,
    _: Sysadmin,
    meta: RequestMeta,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    if !::jobs::retry(&app.db, *id).await? {
        return Err(unknown());
    }
    app.record(&meta, "job.retry", format!("job:{}", *id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Forgets a parked job; it will never be done.
#[utoipa::path(delete, path = "/api/SERVICE/sysadmin/jobs/{id}", responses((status = 204)))]
pub async fn drop_job(
    app: Data<Operations>,
    _: Sysadmin,
    meta: RequestMeta,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    if !::jobs::discard(&app.db, *id).await? {
        return Err(unknown());
    }
    app.record(&meta, "job.drop", format!("job:{}", *id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn unknown() -> ApiError {
    ApiError::not_found("job-not-found").detail("no parked job has this id")
}
