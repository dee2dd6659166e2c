//! Answers, and the headers that every one of them has.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpResponse, HttpResponseBuilder};
use http_kit::{Coding, Encoded};

use super::Visit;
use crate::cache::Finished;
use crate::theme::Asset;

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A browser may keep a page, and asks each time whether it is still right.
const REVALIDATED: HeaderValue = HeaderValue::from_static("public, no-cache");
const PRIVATE: HeaderValue = HeaderValue::from_static("no-store");
const RETRY_SECONDS: u32 = 5;
/// What a page is allowed that shows nothing but words.
const BARE_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");

/// A page that all visitors share.
pub fn shared(visit: &Visit, page: &Finished) -> HttpResponse {
    let unchanged = visit
        .if_none_match
        .as_ref()
        .is_some_and(|seen| page.body.matches(seen));
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_SECURITY_POLICY, page.policy.clone()));
    response.insert_header((CACHE_CONTROL, REVALIDATED));
    encoded(
        visit,
        response,
        &page.body,
        page.content_type.clone(),
        unchanged,
    )
}

/// A file that never changes under its address.
pub fn asset(visit: &Visit, asset: &Asset) -> HttpResponse {
    fixed(visit, asset, IMMUTABLE, BARE_POLICY)
}

/// A file that may be another one tomorrow.
pub fn file(visit: &Visit, asset: &Asset) -> HttpResponse {
    fixed(visit, asset, REVALIDATED, BARE_POLICY)
}

/// The admin panel's page.
pub fn panel(visit: &Visit, page: &Asset, policy: HeaderValue) -> HttpResponse {
    fixed(visit, page, REVALIDATED, policy)
}

fn fixed(visit: &Visit, asset: &Asset, keep: HeaderValue, policy: HeaderValue) -> HttpResponse {
    let unchanged = visit
        .if_none_match
        .as_ref()
        .is_some_and(|seen| asset.body.matches(seen));
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, keep));
    response.insert_header((CONTENT_SECURITY_POLICY, policy));
    let content_type = HeaderValue::from_static(asset.content_type);
    encoded(visit, response, &asset.body, content_type, unchanged)
}

/// A page for one visitor, kept nowhere.
pub fn personal(status: StatusCode, html: String, policy: HeaderValue) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header((RETRY_AFTER, RETRY_SECONDS));
    }
    response.insert_header((CONTENT_SECURITY_POLICY, policy));
    response.insert_header((CACHE_CONTROL, PRIVATE));
    response.content_type("text/html; charset=utf-8");
    response.body(html)
}

/// A page of a draft: kept nowhere and listed nowhere.
pub fn draft(html: String, policy: HeaderValue) -> HttpResponse {
    let mut response = personal(StatusCode::OK, html, policy);
    let name = HeaderName::from_static("x-robots-tag");
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static("noindex"));
    response
}

/// A file for one visitor, to be kept by him.
pub fn download(name: &str, content_type: &'static str, content: String) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((
        CONTENT_DISPOSITION,
        format!("attachment; filename=\"{name}\""),
    ));
    response.insert_header((CONTENT_SECURITY_POLICY, BARE_POLICY));
    response.insert_header((CACHE_CONTROL, PRIVATE));
    response.insert_header((CONTENT_TYPE, HeaderValue::from_static(content_type)));
    response.body(content)
}

/// Words alone, where not even a theme can be had.
pub fn bare(status: StatusCode, words: &'static str) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, PRIVATE));
    response.insert_header((CONTENT_SECURITY_POLICY, BARE_POLICY));
    response.content_type("text/plain; charset=utf-8");
    response.body(words)
}

/// After a form: the browser gets another page, and reloading it sends nothing twice.
pub fn see_other(place: &str, cookies: &[String]) -> HttpResponse {
    redirect(StatusCode::SEE_OTHER, place, cookies)
}

pub fn moved(place: &str) -> HttpResponse {
    redirect(StatusCode::MOVED_PERMANENTLY, place, &[])
}

fn redirect(status: StatusCode, place: &str, cookies: &[String]) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((LOCATION, place));
    response.insert_header((CACHE_CONTROL, PRIVATE));
    response.insert_header((CONTENT_SECURITY_POLICY, BARE_POLICY));
    for cookie in cookies {
        response.append_header((SET_COOKIE, cookie.as_str()));
    }
    response.finish()
}

/// What is true of every answer.
pub fn dress(response: &mut HttpResponse, request_id: Option<&str>) {
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (
            REFERRER_POLICY,
            HeaderValue::from_static("strict-origin-when-cross-origin"),
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            HeaderValue::from_static("same-origin"),
        ),
        (
            HeaderName::from_static("permissions-policy"),
            HeaderValue::from_static(
                "camera=(), microphone=(), geolocation=(), payment=(self \"https://js.stripe.com\")",
            ),
        ),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, value);
    }
    if let Some(value) = request_id.and_then(|id| HeaderValue::from_str(id).ok()) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

fn encoded(
    visit: &Visit,
    mut response: HttpResponseBuilder,
    body: &Encoded,
    content_type: HeaderValue,
    unchanged: bool,
) -> HttpResponse {
    // Fonts and pictures are compressed already.
    let is_text = content_type
        .to_str()
        .is_ok_and(|kind| kind.contains("charset") || kind.contains("xml"));
    let wanted = if is_text {
        Coding::negotiate(visit.accepts.as_ref())
    } else {
        Coding::Identity
    };
    let (coding, bytes) = body.bytes(wanted);
    response.insert_header((ETAG, body.etag(coding)));
    response.insert_header((VARY, HeaderValue::from_static("Accept-Encoding")));
    if unchanged {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.insert_header((CONTENT_TYPE, content_type));
    if let Some(name) = coding.name() {
        response.insert_header((CONTENT_ENCODING, HeaderValue::from_static(name)));
    }
    response.body(bytes)
}
