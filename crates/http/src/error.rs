//! Problems: what a client is told when something is not as it should be (RFC 9457).

use std::borrow::Cow;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

mod causes;

/// An error that a client may see: a status, a stable slug and words that say what would be accepted.
///
/// The cause never reaches the client; it is logged once, where the request ends.
pub struct ApiError(Box<Problem>);

/// One wrong field: where it is (RFC 6901), what is wrong, and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    #[schema(example = "/lines/0/quantity")]
    pub pointer: String,
    #[schema(example = "too-large")]
    pub code: Cow<'static, str>,
    pub message: String,
}

#[derive(Debug)]
struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: Option<String>,
    errors: Vec<FieldError>,
    retry_after_s: Option<u64>,
    members: Map<String, Value>,
    /// For the log, never for the client.
    cause: Option<String>,
}

impl ApiError {
    /// `code` is a kebab-case slug; it is part of the contract and is never renamed.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Problem {
            status,
            code: code.into(),
            detail: None,
            errors: Vec::new(),
            retry_after_s: None,
            members: Map::new(),
            cause: None,
        }))
    }

    /// 400: the request itself is malformed.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code).detail(detail)
    }

    /// 401: no valid proof of who is asking.
    pub fn unauthorized(code: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code)
    }

    /// 402: the plan does not cover it; `detail` says what lifts the limit.
    pub fn payment_required(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, code).detail(detail)
    }

    /// 403: known, but not permitted. Another tenant's thing is [`not_found`](Self::not_found).
    pub fn forbidden(code: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code)
    }

    pub fn not_found(code: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code)
    }

    /// 404: no service has such a route, or not at this host.
    pub(crate) fn unknown_route() -> Self {
        Self::not_found("unknown-route")
            .detail("nothing is at this address; the pages /api/SERVICE/docs list what is")
    }

    /// 409: the present state does not allow it.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code).detail(detail)
    }

    /// 410: it was here and is gone for good.
    pub fn gone(code: &'static str) -> Self {
        Self::new(StatusCode::GONE, code)
    }

    /// 412: someone else saved first; `current` is the state as it is now.
    pub fn precondition_failed(current: &impl Serialize) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "changed-meanwhile")
            .detail("someone else saved first; the current state is in the member current")
            .with("current", current)
    }

    /// 422: understood, but a value is not acceptable; name the fields with [`at`](Self::at).
    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code).detail(detail)
    }

    /// 429.
    pub fn too_many(code: &'static str) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code)
    }

    /// 503: worth repeating; say when with [`retry_after`](Self::retry_after).
    pub fn unavailable(code: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code)
    }

    /// 500: the cause goes to the log once, with the request's id; the client is told nothing of it.
    pub fn internal(cause: &(impl fmt::Display + ?Sized)) -> Self {
        Self::unexplained().because(cause)
    }

    /// What the log says of it.
    pub fn because(mut self, cause: &(impl fmt::Display + ?Sized)) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// 500 whose cause was logged already.
    pub(crate) fn unexplained() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal-error")
            .detail("the fault is ours and was recorded; quote the instance when you report it")
    }

    /// A problem of which only the status is known.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let code = status
            .canonical_reason()
            .unwrap_or("error")
            .to_lowercase()
            .replace(' ', "-");
        Self::new(status, code)
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Names a wrong field by its JSON pointer.
    pub fn at(
        mut self,
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        self.0.errors.push(FieldError {
            pointer: pointer.into(),
            code: code.into(),
            message: message.into(),
        });
        self
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// An extension member of the problem (RFC 9457 §3.2).
    pub fn with(mut self, member: &str, value: &impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.0.members.insert(member.to_owned(), value);
        self
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The wrong fields that were named.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.errors
    }

    pub(crate) fn to_response(&self, instance: Option<&str>) -> HttpResponse {
        let problem = &*self.0;
        let body = Body {
            kind: &problem.code,
            title: title_of(&problem.code),
            status: problem.status.as_u16(),
            detail: problem.detail.as_deref(),
            instance,
            errors: &problem.errors,
            members: &problem.members,
        };
        let json = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = HttpResponse::build(problem.status);
        response.insert_header((CONTENT_TYPE, "application/problem+json"));
        response.insert_header((CACHE_CONTROL, "no-store"));
        if let Some(seconds) = problem.retry_after_s {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if problem.status == StatusCode::UNAUTHORIZED {
            response.insert_header(("www-authenticate", "Bearer"));
        }
        response.body(json)
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

/// The shape of every error, for the OpenAPI documents.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemShape {
    /// A stable slug: what a program compares.
    #[serde(rename = "type")]
    #[schema(example = "cart-not-found")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: Option<String>,
    /// The id of the request, also in `X-Request-Id`.
    pub instance: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

fn title_of(code: &str) -> String {
    let mut title = code.replace('-', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.status.as_u16(), self.0.code)?;
        match &self.0.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        self.to_response(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_code_in_words() {
        assert_eq!(title_of("cart-not-found"), "Cart not found");
        assert_eq!(title_of(""), "");
    }
}
