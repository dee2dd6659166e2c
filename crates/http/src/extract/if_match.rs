//! Conditional writes.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{Ready, ready};

use super::{Input, Omissible};
use crate::ApiError;
use crate::openapi::OperationInput;

/// The version the client saw, from `If-Match: "7"`. A write without it is refused with 428; when
/// the version moved on, the handler answers [`ApiError::precondition_failed`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl IfMatch {
    /// The header that belongs to an answer: a version as a strong entity tag.
    pub fn etag(version: i64) -> (&'static str, String) {
        ("etag", format!("\"{version}\""))
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(req))
    }
}

fn read(req: &HttpRequest) -> Result<IfMatch, ApiError> {
    let accepted = "send If-Match with the version you saw, such as If-Match: \"7\"";
    let Some(value) = req.headers().get(IF_MATCH) else {
        return Err(
            ApiError::new(StatusCode::PRECONDITION_REQUIRED, "if-match-required").detail(accepted),
        );
    };
    let version = value
        .to_str()
        .ok()
        .map(|text| text.trim().trim_matches('"'));
    match version.and_then(|text| text.parse().ok()) {
        Some(version) => Ok(IfMatch(version)),
        None => Err(ApiError::bad_request("invalid-if-match", accepted)),
    }
}

impl Omissible for IfMatch {
    fn is_omitted(req: &HttpRequest) -> bool {
        !req.headers().contains_key(IF_MATCH)
    }
}

impl Input for IfMatch {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.header("If-Match", "The version that was seen, as a quoted number.");
        operation.problems_of_versions();
    }
}
