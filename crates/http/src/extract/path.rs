//! Values in the path.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{Ready, ready};
use serde::de::DeserializeOwned;

use super::Input;
use super::query::NUL;
use crate::ApiError;
use crate::context::Context;
use crate::openapi::OperationInput;

/// The `{…}` parts of the path: one value, a tuple, or a struct with their names. What cannot be
/// such a value names nothing, so it is a 404.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T> Path<T> {
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Path<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut parameters = actix_web::dev::Path::new("");
        for (name, text) in Context::of(req).parameters {
            if text.contains(NUL) {
                return ready(Err(ApiError::not_found("not-found")));
            }
            parameters.add_static(name, text);
        }
        ready(
            parameters
                .load()
                .map(Self)
                .map_err(|_| ApiError::not_found("not-found")),
        )
    }
}

impl<T: DeserializeOwned + 'static> Input for Path<T> {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.path_parameters();
    }
}
