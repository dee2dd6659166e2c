//! What failures of ours become for a client.

use super::ApiError;

impl From<db::Error> for ApiError {
    fn from(error: db::Error) -> Self {
        if error.is_unavailable() {
            return Self::unavailable("temporarily-unavailable")
                .detail("the service cannot reach what it keeps; try again in a moment")
                .retry_after(2)
                .because(&error);
        }
        if error.is_lock_timeout() || error.is_retryable() {
            return Self::unavailable("busy")
                .detail("others are changing the same thing; try again")
                .retry_after(1)
                .because(&error);
        }
        Self::internal(&error)
    }
}

impl From<diesel::result::Error> for ApiError {
    fn from(error: diesel::result::Error) -> Self {
        db::Error::from(error).into()
    }
}

impl From<actix_web::Error> for ApiError {
    fn from(error: actix_web::Error) -> Self {
        let status = error.as_response_error().status_code();
        if status.is_server_error() {
            Self::internal(&error)
        } else {
            Self::of_status(status)
        }
    }
}

impl From<std::convert::Infallible> for ApiError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}
