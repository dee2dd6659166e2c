//! JSON bodies in and out.

use std::ops::Deref;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use bytes::BytesMut;
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use garde::Validate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use super::shape::Shape;
use super::{Input, Omissible, RequestHash};
use crate::openapi::OperationInput;
use crate::{ApiError, limits};

/// A body of `application/json`, at most 1 MiB and 32 levels deep. Unknown fields, wrong types and
/// what `T`'s own checks refuse are answered with 422 and the pointer of the field.
///
/// As an answer it is a 200 with `T` as JSON.
#[derive(Clone, Debug)]
pub struct Json<T> {
    pub value: T,
    hash: RequestHash,
}

/// Makes an answer; a body that came in was made by its extractor.
#[expect(
    non_snake_case,
    reason = "it reads as a tuple struct, like actix's own"
)]
pub fn Json<T>(value: T) -> Json<T> {
    Json {
        value,
        hash: RequestHash::NONE,
    }
}

impl<T> Json<T> {
    pub fn into_inner(self) -> T {
        self.value
    }

    /// What tells this body from another under the same idempotency key.
    pub fn hash(&self) -> RequestHash {
        self.hash
    }
}

impl<T> Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Serialize> Responder for Json<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match serde_json::to_vec(&self.value) {
            Ok(bytes) => HttpResponse::Ok()
                .content_type("application/json")
                .body(bytes),
            Err(error) => {
                tracing::error!(cause = %error, "An answer could not be written as JSON");
                ApiError::unexplained().to_response(None)
            }
        }
    }
}

impl<T> FromRequest for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()> + ToSchema + 'static,
{
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(req);
        let declared = declared_length(req);
        let keyed = req.headers().contains_key("idempotency-key");
        let payload = payload.take();
        Box::pin(async move {
            if !is_json {
                return Err(ApiError::new(
                    actix_web::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "unsupported-media-type",
                )
                .detail("send the body as application/json"));
            }
            let bytes = read_limited(payload, declared, limits::JSON_BYTES).await?;
            let hash = if keyed {
                RequestHash::of(&bytes)
            } else {
                RequestHash::NONE
            };
            let value = parse::<T>(&bytes)?;
            Ok(Self { value, hash })
        })
    }
}

impl<T> Input for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()> + ToSchema + 'static,
{
    fn describe(operation: &mut OperationInput<'_>) {
        operation.json_body::<T>();
    }
}

impl<T> Omissible for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()> + ToSchema + 'static,
{
    fn is_omitted(req: &HttpRequest) -> bool {
        let is_empty = declared_length(req).is_none_or(|length| length == 0);
        let headers = req.headers();
        is_empty && !headers.contains_key(TRANSFER_ENCODING) && !headers.contains_key(CONTENT_TYPE)
    }
}

fn is_json(req: &HttpRequest) -> bool {
    let value = req
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let essence = value.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json")
}

pub(super) fn declared_length(req: &HttpRequest) -> Option<usize> {
    req.headers()
        .get(CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Reads a body; refuses it as soon as it is known to be too long, and when it comes too slowly.
pub(super) async fn read_limited(
    mut payload: Payload,
    declared: Option<usize>,
    limit: usize,
) -> Result<BytesMut, ApiError> {
    let too_large = || {
        ApiError::new(
            actix_web::http::StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
        )
        .detail(format!("at most {limit} bytes are accepted"))
    };
    if declared.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(declared.unwrap_or(1_024).min(limit));
    let read = async {
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| {
                ApiError::bad_request("body-incomplete", "the body ended before its announced end")
            })?;
            if body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(limits::BODY_TIME, read)
        .await
        .unwrap_or_else(|_| {
            Err(ApiError::new(
                actix_web::http::StatusCode::REQUEST_TIMEOUT,
                "body-too-slow",
            )
            .detail("the body must arrive within 30 seconds"))
        })
}

fn parse<T: DeserializeOwned + Validate<Context = ()> + ToSchema>(
    bytes: &[u8],
) -> Result<T, ApiError> {
    check_shape(bytes)?;
    let mut unknown = Vec::new();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let parsed: Result<T, _> = serde_ignored::deserialize(tracked, |path| {
        unknown.push(pointer_of(&path.to_string()));
    });
    let value = match parsed {
        Ok(value) => value,
        Err(error) => {
            return Err(with_unknown(
                refused::<T>(bytes, &error, &track.path()),
                unknown,
            ));
        }
    };
    json.end()
        .map_err(|_| ApiError::bad_request("malformed-json", "one JSON value is expected"))?;
    match value.validate() {
        Ok(()) if unknown.is_empty() => Ok(value),
        Ok(()) => {
            let problem = ApiError::invalid(
                "unknown-field",
                "the body has fields that are not known here",
            );
            Err(with_unknown(problem, unknown))
        }
        Err(report) => {
            let problem = ApiError::invalid("invalid-body", "some fields are not acceptable");
            let sent: Value = serde_json::from_slice(bytes).unwrap_or_default();
            let problem = report.iter().fold(problem, |problem, (path, error)| {
                let pointer = pointer_of(&path.to_string());
                let message = plain_limit(error.message(), sent.pointer(&pointer));
                problem.at(pointer, "invalid", message)
            });
            Err(with_unknown(problem, unknown))
        }
    }
}

/// One answer names them all.
fn with_unknown(problem: ApiError, unknown: Vec<String>) -> ApiError {
    unknown.into_iter().fold(problem, |problem, pointer| {
        problem.at(
            pointer,
            "unknown-field",
            "this field is not known here; leave it out",
        )
    })
}

fn refused<T: ToSchema>(
    bytes: &[u8],
    error: &serde_json::Error,
    path: &serde_path_to_error::Path,
) -> ApiError {
    // What follows the place where reading ended may be no JSON at all: then that is what is wrong.
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) if error.is_data() => value,
        Ok(_) => return malformed(bytes, error),
        Err(error) => return malformed(bytes, &error),
    };
    let text = error.to_string();
    // serde_json ends its messages with the place, which the pointer already says better.
    let message = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message);
    let faults = Shape::of::<T>().faults(&value, pointer_of(&path.to_string()), message);
    let problem = ApiError::invalid("invalid-body", "some fields are not acceptable");
    faults.into_iter().fold(problem, |problem, fault| {
        problem.at(fault.pointer, fault.code, fault.message)
    })
}

fn malformed(bytes: &[u8], error: &serde_json::Error) -> ApiError {
    let detail = if bytes.trim_ascii().is_empty() {
        "the body is empty; send a JSON object".to_owned()
    } else {
        format!(
            "not JSON at line {}, column {}",
            error.line(),
            error.column()
        )
    };
    ApiError::bad_request("malformed-json", detail)
}

/// A limit that a value is beyond, in plain words: garde names neither what it counts nor the bound's
/// side.
fn plain_limit(message: &str, value: Option<&Value>) -> String {
    let unit = match value {
        Some(Value::String(_)) => "characters",
        Some(Value::Array(_)) => "entries",
        _ => "",
    };
    let limits = [
        ("length is lower than ", "at least", unit),
        ("length is greater than ", "at most", unit),
        ("lower than ", "at least", ""),
        ("greater than ", "at most", ""),
    ];
    let found = limits
        .iter()
        .find_map(|(start, side, unit)| Some((side, message.strip_prefix(start)?, unit)));
    match found {
        Some((side, bound, unit)) => format!("{side} {bound} {unit}").trim_end().to_owned(),
        None => message.to_owned(),
    }
}

/// `lines[0].quantity` and `lines.0.quantity` as a JSON pointer (RFC 6901).
fn pointer_of(path: &str) -> String {
    let mut pointer = String::with_capacity(path.len() + 1);
    for part in path
        .split(['.', '[', ']'])
        .filter(|part| !part.is_empty() && *part != "?")
    {
        pointer.push('/');
        pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

/// Refuses deep nesting before anything is built from it, and the one character that no text of the
/// database can hold.
fn check_shape(bytes: &[u8]) -> Result<(), ApiError> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'u' if escaped && bytes.get(at..at + 5) == Some(b"u0000") => {
                return Err(ApiError::invalid(
                    "invalid-text",
                    "a text may hold any character but U+0000",
                ));
            }
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > limits::JSON_DEPTH {
                    return Err(ApiError::invalid(
                        "too-deep",
                        format!("a body has at most {} levels", limits::JSON_DEPTH),
                    ));
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, ToSchema, Validate)]
    struct Cart {
        #[garde(dive, length(max = 2))]
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize, ToSchema, Validate)]
    struct Line {
        #[garde(range(min = 1, max = 9))]
        quantity: i64,
    }

    fn problem(json: &str) -> String {
        let error = parse::<Cart>(json.as_bytes()).unwrap_err();
        format!(
            "{error} {}",
            serde_json::to_string(&error.fields()).unwrap()
        )
    }

    #[test]
    fn a_wrong_field_is_named_by_its_pointer() {
        assert!(parse::<Cart>(br#"{"lines":[{"quantity":1}]}"#).is_ok());
        for (json, pointer) in [
            (r#"{"lines":[{"quantity":"1"}]}"#, "/lines/0/quantity"),
            (
                r#"{"lines":[{"quantity":1},{"quantity":10}]}"#,
                "/lines/1/quantity",
            ),
            (r#"{"lines":[{"quantity":1,"price":0}]}"#, "/lines/0/price"),
            (r#"{"lines":[],"total":0}"#, "/total"),
        ] {
            let told = problem(json);
            assert!(
                told.contains(pointer) && told.starts_with("422"),
                "{json}: {told}"
            );
        }
        let both = problem(r#"{"total":0,"lines":[{"quantity":10}]}"#);
        assert!(
            both.contains("/total") && both.contains("/lines/0/quantity"),
            "{both}"
        );
        let typed = problem(r#"{"total":0,"lines":"none"}"#);
        assert!(
            typed.contains("/total") && typed.contains("/lines\""),
            "{typed}"
        );
        assert!(problem(r#"{"lines":[]} {}"#).starts_with("400"));
        assert!(problem("nonsense").starts_with("400"));
        assert!(problem("").contains("the body is empty"));
        let long = problem(r#"{"lines":[{"quantity":1},{"quantity":1},{"quantity":1}]}"#);
        assert!(long.contains("at most 2 entries"), "{long}");
        assert!(both.contains("at most 9"), "{both}");
        let missing = problem(r#"{"lines":[{},{"quantity":1.5}]}"#);
        for pointer in ["/lines/0/quantity", "/lines/1/quantity"] {
            assert!(missing.contains(pointer), "{missing}");
        }
        assert!(!missing.contains("i64"), "{missing}");
    }

    #[test]
    fn no_text_holds_what_the_database_cannot_keep() {
        assert!(check_shape(br#"{"a\u0000":1}"#).is_err());
        assert!(check_shape(br#"["x\\\u0000"]"#).is_err());
        assert!(check_shape(br#"["\\u0000", "\u00001"]"#).is_err());
        assert!(check_shape(br#"["\\u0000", "\u0001", "u0000"]"#).is_ok());
    }

    #[test]
    fn deep_nesting_is_refused_and_brackets_in_text_do_not_count() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(check_shape(nested(32).as_bytes()).is_ok());
        assert!(check_shape(nested(33).as_bytes()).is_err());
        assert!(
            check_shape(format!(r#"["{}\"{}"]"#, "[".repeat(40), "{".repeat(40)).as_bytes())
                .is_ok()
        );
    }
}
