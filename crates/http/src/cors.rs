//! Which web pages of other origins may read an answer: those of the same store, and the platform's.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN,
};

use crate::directory::without_port;
use crate::gate::{Gate, host};

const ALLOW_HEADERS: HeaderValue = HeaderValue::from_static(
    "accept-language, authorization, content-type, idempotency-key, if-match, if-none-match, traceparent, x-cart-token, x-order-token, x-payment-ticket, x-request-id, x-tenant",
);
const EXPOSE_HEADERS: HeaderValue = HeaderValue::from_static(
    "etag, idempotent-replayed, location, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, x-request-id",
);
const TRUE: HeaderValue = HeaderValue::from_static("true");
/// Seconds a browser may remember a preflight's answer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The request's `Origin`, when pages of it may read the answer.
pub fn allowed_origin(req: &HttpRequest, gate: &Gate) -> Option<HeaderValue> {
    let value = req.headers().get(ORIGIN)?;
    let origin = value.to_str().ok()?;
    let allowed = origin == gate.platform_origin
        || origin == gate.admin_origin
        || is_same_store(origin, host(req), gate);
    allowed.then(|| value.clone())
}

/// Compared as a whole: scheme, host and port. The host must belong to the store that is asked.
fn is_same_store(origin: &str, host: &str, gate: &Gate) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let Some(name) = authority.strip_suffix(gate.public_port_suffix.as_str()) else {
        return false;
    };
    if scheme != gate.public_scheme || name.contains(':') {
        return false;
    }
    let asked = without_port(host).to_ascii_lowercase();
    match (
        gate.directory.in_memory(name),
        gate.directory.in_memory(&asked),
    ) {
        (Some(of_origin), Some(of_host)) => of_origin.id == of_host.id,
        _ => false,
    }
}

pub fn is_preflight(req: &HttpRequest) -> bool {
    req.method() == Method::OPTIONS && req.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// 204, whether allowed or not; without the headers of [`mark`] a browser refuses.
pub fn preflight(methods: &str) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, methods))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, ALLOW_HEADERS))
        .insert_header((ACCESS_CONTROL_MAX_AGE, MAX_AGE))
        .finish()
}

/// Lets pages of `origin` read the answer, with the visitor's credentials.
pub fn mark(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSE_HEADERS);
}
