//! What this service has told: what waits to leave, and telling again.

use actix_web::HttpResponse;
use actix_web::web::Data;
use bus::{Replay, Selection};
use garde::Validate;
use kernel::TenantId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Operations;
use crate::{ApiError, Json, RequestMeta, Sysadmin};

/// Events that were told and have not reached the broker. More than a few seconds of age mean that
/// the broker or the relay is away; nothing is lost meanwhile.
#[derive(Serialize, ToSchema)]
pub struct OutboxState {
    pub waiting: i64,
    /// When the oldest of them was told.
    #[serde(with = "time::serde::rfc3339::option")]
    pub oldest_at: Option<OffsetDateTime>,
    pub oldest_age_seconds: i64,
}

/// How much waits to be told, and since when.
#[utoipa::path(get, path = "/api/SERVICE/sysadmin/outbox",
    responses((status = 200, body = OutboxState)))]
pub async fn get_outbox(app: Data<Operations>, _: Sysadmin) -> Result<Json<OutboxState>, ApiError> {
    let waiting = bus::waiting(&app.db).await?;
    let age = |since: OffsetDateTime| (app.clock.now() - since).whole_seconds().max(0);
    Ok(Json(OutboxState {
        waiting: waiting.events,
        oldest_at: waiting.since,
        oldest_age_seconds: waiting.since.map_or(0, age),
    }))
}

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct ReplayEvents {
    /// Only events of these types; of all when empty.
    #[serde(default)]
    #[garde(length(max = 50), inner(length(max = 100)))]
    pub types: Vec<String>,
    /// Only one store's.
    #[serde(default)]
    pub tenant_id: Option<TenantId>,
    /// Only what was told since then; published events are kept for seven days.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// Only for one service; for everybody who hears them when absent.
    #[serde(default)]
    #[schema(example = "catalog")]
    #[garde(inner(length(max = 40)))]
    pub to: Option<String>,
}

/// Tells published events again, in their order, beside what happens meanwhile: the log says how many
/// they were. Who has taken effect of one does not do so twice.
#[utoipa::path(post, path = "/api/SERVICE/sysadmin/events/replay",
    responses((status = 202)))]
pub async fn replay_events(
    app: Data<Operations>,
    _: Sysadmin,
    meta: RequestMeta,
    body: Json<ReplayEvents>,
) -> Result<HttpResponse, ApiError> {
    let body = body.into_inner();
    let unheard = |to: &String| events::topology::heard_by(to).is_empty();
    if body.to.as_ref().is_some_and(unheard) {
        return Err(
            ApiError::invalid("invalid-body", "the body has wrong values").at(
                "/to",
                "unknown-service",
                "the name of a service that hears events",
            ),
        );
    }
    let selection = Selection {
        types: body.types,
        tenant: body.tenant_id,
        since: body.since,
        published_before: None,
        to: body.to,
    };
    let turn = app.replays.clone().try_acquire_owned();
    let turn = turn.map_err(|_| ApiError::unavailable("replay-under-way").retry_after(30))?;
    let begun = Replay::begin(&app.db, &app.rabbit).await;
    let replay = begun.map_err(|error| {
        tracing::warn!(cause = %error, "Events could not be told again");
        ApiError::unavailable("broker-unavailable").retry_after(5)
    })?;
    app.record(&meta, "events.replay", format!("service:{}", app.service))
        .await?;
    let service = app.service;
    // A week's events take longer than a request may.
    tokio::spawn(async move {
        match replay.tell(&selection).await {
            Ok(count) => tracing::info!(
                service,
                count,
                "{count} events of {service} were told again"
            ),
            Err(error) => {
                tracing::error!(service, error = %error, "Events of {service} were not all told again")
            }
        }
        drop(turn);
    });
    Ok(HttpResponse::Accepted().finish())
}
