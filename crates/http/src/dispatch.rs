//! The way of every request, in one place: checks, route, rate, handler, headers, counts.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderMap, HeaderName,
    HeaderValue, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::FutureExt;
use kernel::RequestId;
use tracing::Instrument;

use crate::context::{Context, Principal};
use crate::rate::Verdict;
use crate::routes::{Call, CallInProgress};
use crate::server::Serving;
use crate::service::{Endpoint, Service};
use crate::{ApiError, cors, internal, limits};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const RATE_REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RATE_RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const VARY_ORIGIN: HeaderValue = HeaderValue::from_static("Origin");
/// An answer of an API is data: as a page it may load nothing and be framed by nobody.
const API_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Answers one request of the service that listens on its port.
pub(crate) async fn dispatch(serving: &Serving, request: ServiceRequest) -> ServiceResponse {
    let started = Instant::now();
    let Some(service) = serving.of_port(request.app_config().local_addr().port()) else {
        return request.into_response(HttpResponse::NotFound().finish());
    };
    let request_id = request_id(request.headers());
    let (req, payload) = request.into_parts();
    let mut outcome = Outcome {
        request_id: &request_id,
        endpoint: None,
        rate: None,
    };
    let answered = answer(serving, service, (&req, payload), &mut outcome).await;
    let mut response = match answered {
        Ok(response) => response,
        Err(error) => {
            tell_cause(&outcome, &error);
            error.to_response(Some(request_id.as_str()))
        }
    };
    let status = response.status();
    dress(response.headers_mut(), &outcome);
    if let Some(origin) = cors::allowed_origin(&req, &service.gate) {
        cors::mark(response.headers_mut(), origin);
    }
    let elapsed = started.elapsed();
    match outcome.endpoint {
        Some(endpoint) => {
            endpoint.metrics.record(status, elapsed);
            tracing::debug!(
                request.id = %request_id, operation = %endpoint.operation,
                status = status.as_u16(), duration_us = elapsed.as_micros(),
                "A request was answered"
            );
        }
        None => service.other.record(status, elapsed),
    }
    ServiceResponse::new(req, response)
}

/// What is known of a request beside its answer.
struct Outcome<'s> {
    request_id: &'s RequestId,
    endpoint: Option<&'s Endpoint>,
    rate: Option<Verdict>,
}

async fn answer<'s>(
    serving: &Serving,
    service: &'s Service,
    (req, payload): (&HttpRequest, Payload),
    outcome: &mut Outcome<'s>,
) -> Result<HttpResponse, ApiError> {
    check_head(req)?;
    let request_id = outcome.request_id;
    let path = req.uri().path();
    if let Some(answer) = internal::answer(serving, service, path).await {
        return Ok(answer);
    }
    if !serving.answers_everybody() {
        return Err(ApiError::not_found("unknown-route").detail("this process only works"));
    }
    let found = service.router.find(path, req.method());
    let found = found.ok_or_else(ApiError::unknown_route)?;
    if cors::is_preflight(req) {
        return Ok(cors::preflight(&found.allowed()));
    }
    let Some(endpoint) = found.route else {
        let refused = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
            .detail(format!("allowed here: {}", found.allowed()));
        let mut response = refused.to_response(Some(request_id.as_str()));
        if let Ok(allowed) = HeaderValue::from_str(&found.allowed()) {
            response.headers_mut().insert(ALLOW, allowed);
        }
        return Ok(response);
    };
    outcome.endpoint = Some(endpoint);
    let ip = service.gate.client_ip(req);
    outcome.rate = service.gate.rates.check_ip(endpoint.class, ip).await;
    if let Some(verdict) = outcome.rate {
        verdict.into_result()?;
    }
    let named = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let call = Call {
        context: Context {
            request_id: request_id.clone(),
            ip,
            principal: Principal::Guest,
            parameters: found.parameters.iter().map(named).collect(),
        },
        gate: service.gate.clone(),
        class: endpoint.class,
        req: req.clone(),
        payload,
    };
    let running = AssertUnwindSafe((endpoint.run)(CallInProgress(call))).catch_unwind();
    let finished = match span(endpoint, req, request_id) {
        Some(span) => running.instrument(span).await,
        None => running.await,
    };
    // The panic itself was told by the process's hook, without what it was about.
    finished.unwrap_or_else(|_| Err(ApiError::unexplained()))
}

/// The limits of a request's head, and headers that must not come twice.
fn check_head(req: &HttpRequest) -> Result<(), ApiError> {
    let target = req
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    if target > limits::URI_BYTES {
        return Err(ApiError::new(StatusCode::URI_TOO_LONG, "uri-too-long"));
    }
    let sizes = req
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    if sizes.sum::<usize>() > limits::HEADER_BYTES {
        return Err(ApiError::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "headers-too-large",
        ));
    }
    for name in [HOST, AUTHORIZATION] {
        if req.headers().get_all(&name).nth(1).is_some() {
            return Err(ApiError::bad_request(
                "duplicate-header",
                format!("{name} may come once"),
            ));
        }
    }
    if req.method() == Method::TRACE || req.method() == Method::CONNECT {
        return Err(ApiError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
        ));
    }
    Ok(())
}

/// The headers of every answer, unless its handler said otherwise.
fn dress(headers: &mut HeaderMap, outcome: &Outcome<'_>) {
    if let Ok(value) = HeaderValue::from_str(outcome.request_id.as_str()) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(REFERRER_POLICY, NO_REFERRER);
    headers.append(VARY, VARY_ORIGIN);
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, API_POLICY);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, NO_STORE);
    }
    if let Some(verdict) = outcome.rate {
        headers.insert(RATE_LIMIT, HeaderValue::from(verdict.limit));
        headers.insert(RATE_REMAINING, HeaderValue::from(verdict.remaining));
        headers.insert(RATE_RESET, HeaderValue::from(verdict.reset.as_secs() + 1));
    }
}

/// A span for what changes something or is traced; a plain read has none, and costs none.
fn span(endpoint: &Endpoint, req: &HttpRequest, request_id: &RequestId) -> Option<tracing::Span> {
    if !telemetry::traces() && (endpoint.method == Method::GET || endpoint.method == Method::HEAD) {
        return None;
    }
    let span = tracing::info_span!(
        "request",
        otel.name = %endpoint.operation,
        otel.kind = "server",
        http.request.method = %endpoint.method,
        http.route = %endpoint.path,
        request.id = %request_id,
    );
    let parent = req
        .headers()
        .get("traceparent")
        .and_then(|value| value.to_str().ok());
    if let Some(parent) = parent {
        telemetry::continue_from(&span, parent);
    }
    Some(span)
}

/// What is ours to mend, once, with the id that the client was told.
fn tell_cause(outcome: &Outcome<'_>, error: &ApiError) {
    let operation = outcome
        .endpoint
        .map_or("", |endpoint| endpoint.operation.as_str());
    match (error.status(), error.cause()) {
        (StatusCode::INTERNAL_SERVER_ERROR, cause) => tracing::error!(
            request.id = %outcome.request_id, operation, cause = cause.unwrap_or("a panic"),
            "{operation} failed for a reason of ours"
        ),
        (status, Some(cause)) => tracing::warn!(
            request.id = %outcome.request_id, operation, cause,
            "{operation} was answered with {}", status.as_u16()
        ),
        (_, None) => {}
    }
}

fn request_id(headers: &HeaderMap) -> RequestId {
    let sent = headers
        .get(&REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    sent.and_then(|text| text.parse().ok())
        .unwrap_or_else(RequestId::new)
}
