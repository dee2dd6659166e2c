//! Values after the question mark.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{Ready, ready};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use super::Input;
use super::shape::Shape;
use crate::ApiError;
use crate::error::FieldError;
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

impl<T: DeserializeOwned + IntoParams> FromRequest for Query<T> {
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

fn parse<T: DeserializeOwned + IntoParams>(query: &str) -> Result<T, ApiError> {
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
    let faults = match parsed {
        Ok(value) if unknown.is_empty() => return Ok(value),
        Ok(_) => Vec::new(),
        Err(error) => faults::<T>(query, &track.path().to_string(), &error.to_string()),
    };
    let problem = ApiError::bad_request("invalid-query", "some fields are not acceptable");
    let problem = faults.into_iter().fold(problem, |problem, fault| {
        problem.at(fault.pointer, fault.code, fault.message)
    });
    Err(unknown.into_iter().fold(problem, |problem, name| {
        problem.at(
            format!("/{name}"),
            "unknown-field",
            "this field is not known here; leave it out",
        )
    }))
}

fn faults<T: IntoParams>(query: &str, path: &str, message: &str) -> Vec<FieldError> {
    let shape = Shape::of_parameters(T::into_params(|| Some(ParameterIn::Query)));
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let pairs = pairs.iter().map(|(name, text)| (&**name, &**text));
    let pointer = match path {
        "." => String::new(),
        name => format!("/{name}"),
    };
    shape.faults(&shape.values(pairs), pointer, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, IntoParams)]
    #[expect(dead_code, reason = "only what is refused is looked at")]
    struct Filter {
        key: String,
        level: i64,
        open: Option<bool>,
    }

    #[test]
    fn every_wrong_field_is_named_under_the_codes_of_bodies() {
        let told = |query: &str| {
            let fields = parse::<Filter>(query).unwrap_err();
            let fields = fields.fields().iter();
            let mut told: Vec<_> = fields
                .map(|field| format!("{} {}: {}", field.pointer, field.code, field.message))
                .collect();
            told.sort();
            told
        };
        assert!(parse::<Filter>("key=a&level=1&open=true&limit=3").is_ok());
        assert_eq!(
            told(""),
            [
                "/key missing: this field is required: a text",
                "/level missing: this field is required: a whole number",
            ]
        );
        assert_eq!(
            told("key=a&level=high&open=perhaps"),
            [
                "/level wrong-type: a whole number",
                "/open wrong-type: true or false",
            ]
        );
        assert_eq!(
            told("key=a&level=1&colour=red&size=1"),
            [
                "/colour unknown-field: this field is not known here; leave it out",
                "/size unknown-field: this field is not known here; leave it out",
            ]
        );
    }
}
