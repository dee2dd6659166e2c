//! Conditional writes where a condition may be left out: a count on the shelf is right whatever was
//! there before, a change made on a screen is not.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};
use http_kit::{ApiError, IfMatch, Input, OperationInput, Optional};
use serde::Serialize;

/// The version that the client saw, from `If-Match: "7"`, if it says so.
#[derive(Clone, Copy, Debug)]
pub struct SeenVersion(Option<i64>);

impl SeenVersion {
    /// Whether nobody saved since.
    pub fn is(self, version: i64) -> bool {
        self.0.is_none_or(|seen| seen == version)
    }

    /// 412 with the present state when somebody else saved since.
    pub fn check(self, version: i64, current: &impl Serialize) -> Result<(), ApiError> {
        if self.is(version) {
            Ok(())
        } else {
            Err(ApiError::precondition_failed(current))
        }
    }
}

impl FromRequest for SeenVersion {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !req.headers().contains_key(IF_MATCH) {
            return ready(Ok(Self(None)));
        }
        let sent = IfMatch::from_request(req, payload).into_inner();
        ready(sent.map(|IfMatch(version)| Self(Some(version))))
    }
}

impl Input for SeenVersion {
    fn describe(operation: &mut OperationInput<'_>) {
        Optional::<IfMatch>::describe(operation);
    }
}
