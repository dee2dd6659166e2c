//! What endpoints were told, and what they answered.

use actix_web::HttpResponse;
use db::TenantTx;
use http_kit::permissions::{CanEditSettings, CanReadSettings};
use http_kit::{
    Answer, ApiError, Data, IdempotencyKey, Json, List, Page, Path, Query, RequestHash, Staff, once,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::endpoints::not_found as endpoint_not_found;
use super::{acted, record};
use crate::app::App;
use crate::store::deliveries::{self, AttemptRow, DeliveryRow, PENDING, STATES};
use crate::store::endpoints;

#[derive(Serialize, ToSchema)]
pub struct DeliveryView {
    pub id: Uuid,
    pub endpoint_id: Uuid,
    /// The header `webhook-id`: the same however often it is sent.
    pub event_id: String,
    #[serde(rename = "type")]
    #[schema(example = "order.paid")]
    pub kind: String,
    /// pending, delivered or failed.
    pub state: String,
    pub attempts: i32,
    pub last_status: Option<i32>,
    /// When it is tried next, while it is pending.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<DeliveryRow> for DeliveryView {
    fn from(row: DeliveryRow) -> Self {
        Self {
            next_at: (row.state == PENDING).then_some(row.due_at),
            id: row.id,
            endpoint_id: row.endpoint_id,
            event_id: row.event_id,
            kind: row.kind,
            state: row.state,
            attempts: row.attempts,
            last_status: row.last_status,
            created_at: row.created_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct AttemptView {
    pub number: i32,
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Null when there was no answer.
    pub status: Option<i32>,
    pub problem: Option<String>,
    /// The first thousand characters.
    pub answer: String,
    pub duration_ms: i32,
}

impl From<AttemptRow> for AttemptView {
    fn from(row: AttemptRow) -> Self {
        Self {
            number: row.number,
            at: row.at,
            status: row.status,
            problem: row.problem,
            answer: row.answer,
            duration_ms: row.duration_ms,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct DeliveryDetail {
    #[serde(flatten)]
    pub delivery: DeliveryView,
    pub tries: Vec<AttemptView>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveryFilter {
    /// pending, delivered or failed.
    pub state: Option<String>,
}

/// What an endpoint was told, the newest first.
#[utoipa::path(get, path = "/api/mail/admin/webhooks/{id}/deliveries", responses((status = 200, body = List<DeliveryView>)))]
pub async fn list_deliveries(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
    id: Path<Uuid>,
    filter: Query<DeliveryFilter>,
    page: Page,
) -> Result<Json<List<DeliveryView>>, ApiError> {
    let state = filter.state.as_deref();
    if state.is_some_and(|state| !STATES.contains(&state)) {
        return Err(
            ApiError::bad_request("invalid-query", "state is one of a delivery's").at(
                "/state",
                "invalid",
                STATES.join(", "),
            ),
        );
    }
    let before: Option<Uuid> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            endpoints::find(tx, *id)
                .await?
                .ok_or_else(endpoint_not_found)?;
            Ok::<_, ApiError>(deliveries::list(tx, *id, state, before, page.fetch()).await?)
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, DeliveryView::from)))
}

/// One delivery with its attempts.
#[utoipa::path(get, path = "/api/mail/admin/webhook-deliveries/{id}", responses((status = 200, body = DeliveryDetail)))]
pub async fn get_delivery(
    app: Data<App>,
    staff: Staff<CanReadSettings>,
    id: Path<Uuid>,
) -> Result<Json<DeliveryDetail>, ApiError> {
    let detail = app
        .db
        .read(staff.tenant.id, async |tx| {
            let row = deliveries::find(tx, *id).await?.ok_or_else(not_found)?;
            let tries = deliveries::attempts_of(tx, *id).await?;
            Ok::<_, ApiError>(DeliveryDetail {
                delivery: row.into(),
                tries: tries.into_iter().map(AttemptView::from).collect(),
            })
        })
        .await?;
    Ok(Json(detail))
}

/// Tells it again: the same id, the same bytes, a signature of now.
#[utoipa::path(post, path = "/api/mail/admin/webhook-deliveries/{id}/resend", responses((status = 202, body = DeliveryView)))]
pub async fn resend_delivery(
    app: Data<App>,
    staff: Staff<CanEditSettings>,
    id: Path<Uuid>,
    key: IdempotencyKey,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let answer = once(
        &app.db,
        staff.tenant.id,
        &key,
        RequestHash::NONE,
        async |tx: &mut TenantTx| {
            let mut row = deliveries::lock(tx, *id).await?.ok_or_else(not_found)?;
            let endpoint = endpoints::find(tx, row.endpoint_id)
                .await?
                .ok_or_else(not_found)?;
            if !endpoint.enabled {
                return Err(ApiError::conflict(
                    "webhook-disabled",
                    "switch the endpoint on first",
                ));
            }
            row.state = PENDING.to_owned();
            row.due_at = now;
            row.updated_at = now;
            deliveries::save(tx, &row).await?;
            record(
                tx,
                acted(
                    &app,
                    &staff,
                    "webhook.resend",
                    format!("webhook_delivery:{}", row.id),
                ),
            )
            .await?;
            Ok::<_, ApiError>(Answer::accepted(DeliveryView::from(row)))
        },
    )
    .await?;
    app.webhook_wake.notify_one();
    Ok(answer)
}

fn not_found() -> ApiError {
    ApiError::not_found("delivery-not-found")
}
