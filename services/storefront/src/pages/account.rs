//! A customer's account: how one gets into it, and what is in it. Its pages are of one visitor and
//! kept nowhere; its forms work without a script.

mod addresses;
mod data;
mod entry;
mod orders;
mod profile;

use actix_web::HttpResponse;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::basket::title;
use super::fields::{FieldError, Typed};
use super::head::Head;
use super::show::Made;
use super::{Other, Request};
use crate::web::{Form, respond};

/// A page of the account, by what stands behind `/account` in its address.
pub async fn show(request: &Request<'_>, rest: &str) -> Result<Made, Other> {
    match rest {
        "" => orders::list(request).await,
        "/sign-in" => entry::sign_in(request).await,
        "/register" => Ok(entry::register(request)),
        "/verify" => entry::verify(request),
        "/forgot" => Ok(entry::forgot(request)),
        "/reset" => entry::reset(request),
        "/profile" => profile::show(request).await,
        "/addresses" => addresses::list(request).await,
        "/data" => data::show(request).await,
        "/export" => Err(data::export(request).await),
        _ => match (
            rest.strip_prefix("/orders/"),
            rest.strip_prefix("/addresses/"),
        ) {
            (Some(id), _) => orders::show(request, id).await,
            (_, Some(id)) => addresses::edit(request, id).await,
            _ => Err(Other::NotFound),
        },
    }
}

/// A form of the account, by what stands behind `/account/` in its address.
pub async fn sent(request: &Request<'_>, rest: &str, form: &Form) -> Result<HttpResponse, Other> {
    match rest {
        "sign-in" => entry::signs_in(request, form).await,
        "sign-out" => entry::signs_out(request).await,
        "register" => entry::registers(request, form).await,
        "verify" => entry::verifies(request, form).await,
        "forgot" => entry::forgets(request, form).await,
        "reset" => entry::resets(request, form).await,
        "profile" => profile::change(request, form).await,
        "addresses" => addresses::add(request, form).await,
        "data" => data::delete(request, form).await,
        _ => match rest.strip_prefix("addresses/") {
            Some(id) => addresses::change(request, form, id).await,
            None => Err(Other::NotFound),
        },
    }
}

/// A page with a form.
fn page(
    request: &Request<'_>,
    (template, key): (&'static str, &str),
    (form, errors): (&Typed, &[FieldError]),
) -> Made {
    Made {
        template,
        head: Head::private(title(request, key)),
        data: context! {
            title => title(request, key),
            form => Value::from_serialize(form),
            errors => Value::from_serialize(errors),
            done => request.visit.query.text("done"),
        },
        ..Made::default()
    }
}

/// Another page of the account, which says what was done.
fn done(request: &Request<'_>, place: &str, what: &str) -> HttpResponse {
    respond::see_other(&request.link(&format!("{place}?done={what}")), &[])
}

fn items(list: &Json) -> Vec<Json> {
    let items = list.get("items").and_then(Json::as_array);
    items.cloned().unwrap_or_default()
}
