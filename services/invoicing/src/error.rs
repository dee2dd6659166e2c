//! The service's errors as a client sees them.

use http_kit::ApiError;

use crate::provider::ProviderError;

/// What the provider's refusal means to staff who wait for an answer: in the merchant's language, never
/// in the provider's own words.
pub fn provider_refused(error: ProviderError, locale: &str) -> ApiError {
    match error {
        ProviderError::Database(error) => error.into(),
        ProviderError::Problem(problem) => {
            ApiError::conflict("moloni-refused", problem.code.text(locale, &problem.detail))
                .with("problem", &problem.code.as_str())
        }
        ProviderError::Wait(what) | ProviderError::Unknown(what) => {
            ApiError::unavailable("moloni-unavailable")
                .detail("Moloni does not answer as it should; try again")
                .retry_after(5)
                .because(&what)
        }
    }
}

pub fn document_not_found() -> ApiError {
    ApiError::not_found("document-not-found")
}
