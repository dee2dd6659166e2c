//! A body in which everything may be left out, and which may be left out itself.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use garde::Validate;
use http_kit::{ApiError, Input, Json, OperationInput};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

/// `T` as JSON; what `T` is by default where the request has no body.
#[derive(Clone, Debug)]
pub struct OrNothing<T>(T);

impl<T> Deref for OrNothing<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> FromRequest for OrNothing<T>
where
    T: DeserializeOwned + Validate<Context = ()> + Default + 'static,
{
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if is_bare(req) {
            return Box::pin(async { Ok(Self(T::default())) });
        }
        let body = Json::<T>::from_request(req, payload);
        Box::pin(async move { Ok(Self(body.await?.into_inner())) })
    }
}

impl<T> Input for OrNothing<T>
where
    T: DeserializeOwned + Validate<Context = ()> + ToSchema + Default + 'static,
{
    fn describe(operation: &mut OperationInput<'_>) {
        <Json<T> as Input>::describe(operation);
    }
}

/// Whoever sends something says what it is, how long it is, or that it comes in pieces.
fn is_bare(req: &HttpRequest) -> bool {
    let headers = req.headers();
    let length = headers.get(CONTENT_LENGTH).map(|value| value.as_bytes());
    let is_empty = length.is_none_or(|length| length == b"0");
    is_empty && !headers.contains_key(TRANSFER_ENCODING) && !headers.contains_key(CONTENT_TYPE)
}
