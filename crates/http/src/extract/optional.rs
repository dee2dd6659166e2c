//! Inputs that may be left out.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

use super::Input;
use crate::ApiError;
use crate::openapi::OperationInput;

/// An input that may be left out. One that was sent has to be right: an `Option` would take a wrong
/// one for none, so it is no input.
#[derive(Clone, Copy, Debug)]
pub struct Optional<T>(pub Option<T>);

/// An input of which it can be told whether it was sent at all.
pub trait Omissible: Input {
    fn is_omitted(req: &HttpRequest) -> bool;
}

impl<T> Deref for Optional<T> {
    type Target = Option<T>;
    fn deref(&self) -> &Option<T> {
        &self.0
    }
}

impl<T: Omissible> FromRequest for Optional<T>
where
    ApiError: From<T::Error>,
{
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if T::is_omitted(req) {
            return ready(Ok(Self(None))).boxed_local();
        }
        let sent = T::from_request(req, payload);
        Box::pin(async move { Ok(Self(Some(sent.await?))) })
    }
}

impl<T: Omissible> Input for Optional<T>
where
    ApiError: From<T::Error>,
{
    fn describe(operation: &mut OperationInput<'_>) {
        operation.optional(T::describe);
    }
}
