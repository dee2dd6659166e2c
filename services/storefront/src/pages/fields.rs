//! Forms of the shop's pages: kept as typed, with what is wrong at its field.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;
use serde_json::Value as Json;

use super::show::{self, Made};
use super::{Other, Request};
use crate::api::{Fault, Problem};
use crate::web::Form;

/// What is wrong with a field, as a key of the theme's texts or as the service says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    pub field: &'static str,
    pub key: String,
    pub message: String,
}

impl FieldError {
    /// That a field is missing or is not what it takes: the theme has words for each.
    pub fn at(field: &'static str) -> Self {
        let name = field.trim_start_matches("billing_").replace('_', "-");
        Self {
            field,
            key: format!("error-{name}"),
            message: String::new(),
        }
    }

    /// What is wrong with the form as a whole.
    pub fn notice(key: &str) -> Self {
        Self {
            field: "form",
            key: key.to_owned(),
            message: String::new(),
        }
    }
}

/// A form's fields as they were typed.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Typed {
    pub values: BTreeMap<&'static str, String>,
}

impl Typed {
    pub fn read(form: &Form, names: &[&'static str]) -> Self {
        let values = names.iter().map(|name| (*name, form.text(name).to_owned()));
        Self {
            values: values.collect(),
        }
    }

    /// What the service knows, to be changed.
    pub fn known(view: &Json, names: &[&'static str]) -> Self {
        let text = |name: &&'static str| match view.get(*name) {
            Some(Json::String(text)) => (*name, text.clone()),
            Some(Json::Bool(true)) => (*name, "yes".to_owned()),
            _ => (*name, String::new()),
        };
        Self {
            values: names.iter().map(text).collect(),
        }
    }

    pub fn text(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    pub fn has(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.values.insert(name, value.into());
    }

    /// Those of the fields that are empty, as errors in the order of the page.
    pub fn missing(&self, names: &[&'static str]) -> Vec<FieldError> {
        let empty = names.iter().filter(|name| !self.has(name));
        empty.map(|name| FieldError::at(name)).collect()
    }
}

/// A form again, with what is wrong with it.
pub fn again(request: &Request<'_>, made: Made) -> HttpResponse {
    show::personal(request, StatusCode::UNPROCESSABLE_ENTITY, made)
}

/// What the service found wrong, at the fields of the page; the rest stands above the form.
pub fn errors_of(problem: &Problem, fields: &[&'static str]) -> Vec<FieldError> {
    let place = |pointer: &str| -> Option<&'static str> {
        let last = pointer.rsplit('/').next()?;
        let name = match pointer.strip_prefix("/billing_address/") {
            Some(last) => format!("billing_{last}"),
            None => last.to_owned(),
        };
        fields.iter().copied().find(|field| *field == name)
    };
    let error = |fault: &crate::api::FieldFault| FieldError {
        field: place(&fault.pointer).unwrap_or("form"),
        key: String::new(),
        message: fault.message.clone(),
    };
    problem.errors.iter().map(error).collect()
}

/// What a page says of a service's refusal: at its field, by the theme's own words where it has them,
/// and otherwise as the refusal that it is.
pub fn told(
    fault: Fault,
    fields: &[&'static str],
    known: &[(&str, FieldError)],
) -> Result<Vec<FieldError>, Other> {
    let Fault::Refused(problem) = fault else {
        return Err(fault.into());
    };
    if let Some((_, error)) = known.iter().find(|(code, _)| *code == problem.code) {
        return Ok(vec![error.clone()]);
    }
    if problem.status == 429 {
        return Ok(vec![FieldError::notice("error-too-often")]);
    }
    match errors_of(&problem, fields) {
        none if none.is_empty() => Err(Fault::Refused(problem).into()),
        errors => Ok(errors.into_iter().map(in_the_themes_words).collect()),
    }
}

/// A new password is refused for a few reasons, which the theme tells in one sentence.
fn in_the_themes_words(error: FieldError) -> FieldError {
    if !matches!(error.field, "password" | "new_password") {
        return error;
    }
    FieldError {
        key: "error-password-refused".to_owned(),
        message: String::new(),
        ..error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refusal_is_told_in_the_themes_words_where_it_has_them_and_else_in_the_services() {
        let refusal =
            |value: Json| Fault::Refused(Box::new(serde_json::from_value(value).unwrap()));
        let known = || [("wrong-password", FieldError::at("password"))];
        let wrong = refusal(json!({ "type": "wrong-password", "status": 422 }));
        let told_of = |fault| told(fault, &["password", "nif"], &known()).ok().unwrap();
        assert_eq!(told_of(wrong), [FieldError::at("password")]);
        let nif = refusal(
            json!({ "type": "invalid", "status": 422, "errors": [{ "pointer": "/nif", "message": "m" }] }),
        );
        assert_eq!(
            (
                told_of(nif)[0].field,
                told(Fault::Unavailable, &[], &[]).is_err()
            ),
            ("nif", true)
        );
        let often = refusal(json!({ "type": "rate-limited", "status": 429 }));
        assert_eq!(told_of(often), [FieldError::notice("error-too-often")]);
        let other = refusal(json!({ "type": "strange", "status": 409 }));
        assert!(told(other, &[], &[]).is_err());
    }

    #[test]
    fn what_is_known_stands_in_the_form_and_what_is_empty_is_told_in_order() {
        let typed = Typed::known(
            &json!({ "a": "x", "b": null, "c": true }),
            &["a", "b", "c", "d"],
        );
        assert_eq!((typed.text("a"), typed.text("c")), ("x", "yes"));
        let missing: Vec<_> = typed
            .missing(&["d", "a", "b"])
            .iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(missing, ["d", "b"]);
    }
}
