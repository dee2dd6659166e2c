//! An import's progress as it happens.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::stream;
use http_kit::permissions::CanManageImports;
use http_kit::{ApiError, Data, HttpResponse, Input, OperationInput, Path, Staff};
use kernel::TenantId;
use std::future::{Ready, ready};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use uuid::Uuid;

use super::imports::find;
use super::view::ImportView;
use crate::app::App;

const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Proxies close what is silent for longer.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
/// A browser that loses the stream comes again after so long, in milliseconds.
const RETRY_MS: u32 = 2_000;
/// A stream ends after this; the browser comes again, if its token still counts. Whoever was signed out
/// sees nothing more by then.
const STREAM_FOR: Duration = Duration::from_secs(60);

/// The event that a client saw last, when it comes again.
#[derive(Clone, Copy, Debug)]
pub struct LastEventId(Option<i64>);

impl FromRequest for LastEventId {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut actix_web::dev::Payload) -> Self::Future {
        let value = req.headers().get("last-event-id");
        let id = value.and_then(|value| value.to_str().ok()?.parse().ok());
        ready(Ok(Self(id)))
    }
}

impl Input for LastEventId {
    fn describe(_: &mut OperationInput<'_>) {}
}

/// Progress as server-sent events: `progress` with the whole import each time something happened, numbered
/// so that `Last-Event-ID` skips what was seen; `end` with its last state, after which the stream closes.
#[utoipa::path(get, path = "/api/migration/admin/imports/{id}/events", responses((status = 200, body = String)))]
pub async fn stream_import(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    id: Path<Uuid>,
    seen: LastEventId,
) -> Result<HttpResponse, ApiError> {
    let (tenant, id) = (staff.tenant.id, *id);
    let place = app.watchers.clone().try_acquire_owned();
    let place = place.map_err(|_| ApiError::unavailable("too-many-watchers").retry_after(10))?;
    // A stream of nothing would never end.
    look(&app, tenant, id).await?;
    let now = Instant::now();
    let watch = Watch {
        app: app.get_ref().clone(),
        tenant,
        id,
        seen: seen.0,
        until: now + STREAM_FOR,
        heard: now,
        greeted: false,
        ended: false,
        _place: place,
    };
    let events = stream::unfold(watch, |mut watch| async move {
        let chunk = watch.next().await?;
        Some((Ok::<_, actix_web::Error>(chunk), watch))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(events))
}

struct Watch {
    app: App,
    tenant: TenantId,
    id: Uuid,
    seen: Option<i64>,
    until: Instant,
    heard: Instant,
    greeted: bool,
    ended: bool,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    /// The next piece of the stream; nothing at its end.
    async fn next(&mut self) -> Option<Bytes> {
        if self.ended {
            return None;
        }
        if !self.greeted {
            self.greeted = true;
            return Some(Bytes::from(format!("retry: {RETRY_MS}\n\n")));
        }
        loop {
            if Instant::now() >= self.until {
                return None;
            }
            // The database may be away for a moment; one that was deleted has ended.
            match look(&self.app, self.tenant, self.id).await {
                Ok(view) if view.has_ended() => {
                    self.ended = true;
                    return Some(event("end", &view));
                }
                Ok(view) if self.seen != Some(view.mark()) => {
                    self.seen = Some(view.mark());
                    self.heard = Instant::now();
                    return Some(event("progress", &view));
                }
                Err(error) if error.status().is_client_error() => return None,
                Ok(_) | Err(_) => {}
            }
            if self.heard.elapsed() >= HEARTBEAT_EVERY {
                self.heard = Instant::now();
                return Some(Bytes::from_static(b": still here\n\n"));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

async fn look(app: &App, tenant: TenantId, id: Uuid) -> Result<ImportView, ApiError> {
    let now = app.clock.now();
    app.db
        .read(tenant, async |tx| find(tx, id, now).await)
        .await
}

fn event(name: &str, view: &ImportView) -> Bytes {
    let data = serde_json::to_string(view).unwrap_or_default();
    Bytes::from(format!(
        "id: {}\nevent: {name}\ndata: {data}\n\n",
        view.mark()
    ))
}
