//! Bytes as they came, for signatures over them.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use super::Input;
use super::json::{declared_length, read_limited};
use crate::openapi::OperationInput;
use crate::{ApiError, limits};

/// The body untouched, at most 256 KiB. A webhook verifies its signature before it parses anything.
#[derive(Clone, Debug)]
pub struct RawBody(pub Bytes);

impl Deref for RawBody {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl FromRequest for RawBody {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let declared = declared_length(req);
        let payload = payload.take();
        Box::pin(async move {
            let bytes = read_limited(payload, declared, limits::RAW_BYTES).await?;
            Ok(Self(bytes.freeze()))
        })
    }
}

impl Input for RawBody {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.raw_body();
    }
}
