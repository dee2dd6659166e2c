//! The service's errors as a client sees them.

use http_kit::ApiError;

pub fn import_not_found() -> ApiError {
    ApiError::not_found("import-not-found")
}

/// One field that is wrong, and what would be accepted.
pub fn wrong(pointer: &'static str, code: &'static str, accepted: impl Into<String>) -> ApiError {
    let accepted = accepted.into();
    ApiError::invalid("invalid-import", accepted.clone()).at(pointer, code, accepted)
}
