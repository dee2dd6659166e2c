//! What a service tells operators on its own port, and the document of its interface.

mod docs;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde::Serialize;

use crate::server::Serving;
use crate::service::Service;
use crate::{ApiError, StatusCode};

pub(crate) use docs::page;

#[derive(Serialize)]
struct State<'a> {
    status: &'a str,
    service: &'a str,
    version: &'a str,
}

/// Nothing when the path is not one of these.
pub(crate) async fn answer(
    serving: &Serving,
    service: &Service,
    path: &str,
) -> Option<HttpResponse> {
    match path {
        "/internal/live" => Some(state(service, "live")),
        "/internal/ready" => Some(ready(serving, service).await),
        "/internal/metrics" => Some(
            HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "text/plain; version=0.0.4"))
                .body(telemetry::metrics_text()),
        ),
        _ => document(service, path),
    }
}

fn document(service: &Service, path: &str) -> Option<HttpResponse> {
    let rest = path.strip_prefix("/api/")?.strip_prefix(service.name)?;
    match rest {
        "/openapi.json" => Some(
            HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "application/json"))
                .insert_header((CACHE_CONTROL, "public, max-age=60"))
                .body(service.openapi.clone()),
        ),
        "/docs" => Some(
            HttpResponse::Ok()
                .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
                .insert_header((CONTENT_SECURITY_POLICY, docs::policy()))
                .insert_header((CACHE_CONTROL, "public, max-age=60"))
                .body(service.docs.clone()),
        ),
        _ => None,
    }
}

/// Ready means: this instance can do its work with its own means. Never that others are well.
async fn ready(serving: &Serving, service: &Service) -> HttpResponse {
    if serving.is_draining() {
        return not_ready("this instance is about to end");
    }
    match (service.readiness)().await {
        Ok(()) => state(service, "ready"),
        Err(reason) => not_ready(&reason),
    }
}

fn not_ready(reason: &str) -> HttpResponse {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready")
        .detail(reason)
        .to_response(None)
}

fn state(service: &Service, status: &str) -> HttpResponse {
    let version = env!("CARGO_PKG_VERSION");
    HttpResponse::Ok().json(State {
        status,
        service: service.name,
        version,
    })
}
