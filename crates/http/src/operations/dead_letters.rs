//! Deliveries that took no effect and wait for a person.

use actix_web::web::Data;
use bus::parked::{self, ParkedEvent};
use kernel::TenantId;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Operations;
use crate::{ApiError, HttpResponse, Json, List, Page, Path, RequestMeta, Sysadmin};

/// A delivery that five attempts could not make work. Its content is not shown: it may hold a
/// shopper's data.
#[derive(Serialize, ToSchema)]
pub struct DeadLetter {
    pub id: Uuid,
    /// The nil UUID when the delivery named none.
    pub tenant_id: TenantId,
    pub event_id: Uuid,
    #[schema(example = "payments.payment_succeeded.v1")]
    pub event_type: String,
    /// Why the last attempt failed.
    pub error: String,
    pub attempts: i32,
    /// Length of the event in bytes.
    pub bytes: usize,
    #[serde(with = "time::serde::rfc3339")]
    pub parked_at: OffsetDateTime,
}

/// A delivery with what travelled beside its content.
#[derive(Serialize, ToSchema)]
pub struct DeadLetterDetail {
    #[serde(flatten)]
    pub letter: DeadLetter,
    /// The envelope: aggregate, version, times, sender, trace.
    pub headers: serde_json::Value,
}

impl From<ParkedEvent> for DeadLetter {
    fn from(event: ParkedEvent) -> Self {
        Self {
            id: event.id,
            tenant_id: TenantId::from_uuid(event.tenant_id),
            event_id: event.event_id,
            event_type: event.event_type,
            error: event.error,
            attempts: event.attempts,
            bytes: event.payload.len(),
            parked_at: event.parked_at,
        }
    }
}

/// What could not be delivered to this service, the newest first.
#[utoipa::path(get, path = "/api/SERVICE/sysadmin/dead-letters",
    responses((status = 200, body = List<DeadLetter>)))]
pub async fn list_dead_letters(
    app: Data<Operations>,
    _: Sysadmin,
    page: Page,
) -> Result<Json<List<DeadLetter>>, ApiError> {
    let rows = parked::list(&app.db, page.fetch(), page.after()?).await?;
    Ok(Json(page.list(rows, |row| row.id, DeadLetter::from)))
}

/// One of them.
#[utoipa::path(get, path = "/api/SERVICE/sysadmin/dead-letters/{id}",
    responses((status = 200, body = DeadLetterDetail)))]
pub async fn get_dead_letter(
    app: Data<Operations>,
    _: Sysadmin,
    id: Path<Uuid>,
) -> Result<Json<DeadLetterDetail>, ApiError> {
    let event = parked::find(&app.db, *id).await?.ok_or_else(unknown)?;
    Ok(Json(DeadLetterDetail {
        headers: event.headers.clone(),
        letter: event.into(),
    }))
}

/// Delivers it again, with all its attempts. When it fails again it is back here.
#[utoipa::path(post, path = "/api/SERVICE/sysadmin/dead-letters/{id}/replay",
    responses((status = 204)))]
pub async fn replay_dead_letter(
    app: Data<Operations>,
    _: Sysadmin,
    meta: RequestMeta,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    let replayed = parked::replay(&app.db, &app.rabbit, *id).await;
    let replayed = replayed.map_err(|error| {
        tracing::warn!(cause = %error, "A dead letter could not be delivered again");
        ApiError::unavailable("broker-unavailable").retry_after(5)
    })?;
    if !replayed {
        return Err(unknown());
    }
    app.record(&meta, "dead_letter.replay", format!("dead_letter:{}", *id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Forgets it; what it told never takes effect here.
#[utoipa::path(delete, path = "/api/SERVICE/sysadmin/dead-letters/{id}", responses((status = 204)))]
pub async fn drop_dead_letter(
    app: Data<Operations>,
    _: Sysadmin,
    meta: RequestMeta,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    if !parked::discard(&app.db, *id).await? {
        return Err(unknown());
    }
    app.record(&meta, "dead_letter.drop", format!("dead_letter:{}", *id))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn unknown() -> ApiError {
    ApiError::not_found("dead-letter-not-found")
}
