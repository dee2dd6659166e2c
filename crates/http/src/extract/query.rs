//! Values after the question mark.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{Ready, ready};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::Input;
use crate::ApiError;
use crate::openapi::OperationInput;

/// The one character that no text of the database can hold, as addresses write it.
pub(super) const NUL: &str = "%00";

/// What [`Page`](super::Page) reads from the same query.
const PAGE_FIELDS: [&str; 2] = ["limit", "after"];

/// The query's fields as a struct; unknown ones are refused with 400, those of a page excepted.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T> Query<T> {
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Query<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(req.query_string()).map(Self))
    }
}

impl<T: DeserializeOwned + IntoParams + 'static> Input for Query<T> {
    fn describe(operation: &mut OperationInput<'_>) {
        operation.query_parameters::<T>();
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    if query.contains(NUL) {
        return Err(ApiError::bad_request(
            "invalid-query",
            "a text may hold any character but U+0000",
        ));
    }
    let mut unknown = Vec::new();
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(pairs, &mut track);
    let parsed = serde_ignored::deserialize(tracked, |path| {
        let name = path.to_string();
        if !PAGE_FIELDS.contains(&name.as_str()) {
            unknown.push(name);
        }
    });
    let problem =
        || ApiError::bad_request("invalid-query", "a field of the query is not acceptable");
    let value: T = parsed.map_err(|error| {
        problem().at(format!("/{}", track.path()), "invalid", error.to_string())
    })?;
    match unknown.first() {
        Some(name) => Err(problem().at(
            format!("/{name}"),
            "unknown-field",
            "this field is not known here",
        )),
        None => Ok(value),
    }
}
