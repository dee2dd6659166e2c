//! The customer's addresses.

use actix_web::HttpResponse;
use minijinja::{Value, context};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{items, page};
use crate::api::{Ask, Upstream};
use crate::pages::checkout_form::{is_postcode, postcode};
use crate::pages::fields::{self, FieldError, Typed, told};
use crate::pages::session::{self, ACCOUNT};
use crate::pages::show::Made;
use crate::pages::{Other, Request};
use crate::web::Form;

const FIELDS: [&str; 7] = [
    "name",
    "company",
    "line1",
    "line2",
    "postcode",
    "city",
    "is_default",
];
const NEEDED: [&str; 4] = ["name", "line1", "postcode", "city"];
const PLACE: &str = "/account/addresses";

pub async fn list(request: &Request<'_>) -> Result<Made, Other> {
    let all = all(request).await?;
    Ok(list_page(request, &all, (&Typed::default(), &[])))
}

pub async fn add(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let all = all(request).await?;
    let typed = Typed::read(form, &FIELDS);
    let again = |errors: Vec<FieldError>| {
        let made = list_page(request, &all, (&typed, &errors));
        Ok(fields::again(request, made))
    };
    let errors = check(&typed);
    if !errors.is_empty() {
        return again(errors);
    }
    let ask = Ask::post(
        Upstream::Orders,
        format!("{ACCOUNT}/addresses"),
        body(&typed),
    )
    .header("idempotency-key", key(form).to_string());
    let known = [(
        "too-many-addresses",
        FieldError::notice("error-too-many-addresses"),
    )];
    match session::ask(request, ask).await {
        Ok(Some(_)) => Ok(super::done(request, PLACE, "saved")),
        Ok(None) => Err(session::sign_in(request)),
        Err(fault) => again(told(fault, &FIELDS, &known)?),
    }
}

pub async fn edit(request: &Request<'_>, id: &str) -> Result<Made, Other> {
    let address = one(request, id).await?;
    let typed = Typed::known(&address, &FIELDS);
    Ok(edit_page(request, id, (&typed, &[])))
}

/// Saves an address, or takes it away.
pub async fn change(request: &Request<'_>, form: &Form, id: &str) -> Result<HttpResponse, Other> {
    let id: Uuid = id.parse().map_err(|_| Other::NotFound)?;
    let place = format!("{ACCOUNT}/addresses/{id}");
    if form.has("remove") {
        session::ask_signed_in(request, Ask::delete(Upstream::Orders, place)).await?;
        return Ok(super::done(request, PLACE, "removed"));
    }
    let typed = Typed::read(form, &FIELDS);
    let again = |errors: Vec<FieldError>| {
        let made = edit_page(request, &id.to_string(), (&typed, &errors));
        Ok(fields::again(request, made))
    };
    let errors = check(&typed);
    if !errors.is_empty() {
        return again(errors);
    }
    let ask = Ask::put(Upstream::Orders, place, body(&typed));
    match session::ask(request, ask).await {
        Ok(Some(_)) => Ok(super::done(request, PLACE, "saved")),
        Ok(None) => Err(session::sign_in(request)),
        Err(fault) if fault.is_not_found() => Err(fault.into()),
        Err(fault) => again(told(fault, &FIELDS, &[])?),
    }
}

async fn all(request: &Request<'_>) -> Result<Vec<Json>, Other> {
    let ask = Ask::get(Upstream::Orders, format!("{ACCOUNT}/addresses"));
    Ok(items(&session::ask_signed_in(request, ask).await?))
}

async fn one(request: &Request<'_>, id: &str) -> Result<Json, Other> {
    let is_it = |address: &Json| address.get("id").and_then(Json::as_str) == Some(id);
    let found = all(request).await?.into_iter().find(is_it);
    found.ok_or(Other::NotFound)
}

/// Names this one address, so that sending it twice keeps it once.
fn key(form: &Form) -> Uuid {
    form.text("key").parse().unwrap_or_else(|_| Uuid::now_v7())
}

fn check(typed: &Typed) -> Vec<FieldError> {
    let mut errors = typed.missing(&NEEDED);
    if typed.has("postcode") && !is_postcode(typed.text("postcode")) {
        errors.push(FieldError::at("postcode"));
    }
    errors
}

fn body(typed: &Typed) -> Json {
    json!({
        "name": typed.text("name"), "company": typed.text("company"), "line1": typed.text("line1"),
        "line2": typed.text("line2"), "postcode": postcode(typed.text("postcode")),
        "city": typed.text("city"), "country": "PT", "is_default": typed.has("is_default"),
    })
}

fn list_page(request: &Request<'_>, all: &[Json], form: (&Typed, &[FieldError])) -> Made {
    let made = page(
        request,
        ("account/addresses.html", "account-addresses"),
        form,
    );
    let key = Uuid::now_v7().to_string();
    let own = context! { addresses => Value::from_serialize(all), key };
    Made {
        data: context! { ..own, ..made.data },
        ..made
    }
}

fn edit_page(request: &Request<'_>, id: &str, form: (&Typed, &[FieldError])) -> Made {
    let made = page(request, ("account/address.html", "account-address"), form);
    let own = context! { address_id => id };
    Made {
        data: context! { ..own, ..made.data },
        ..made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_checked_before_it_is_sent_and_sent_as_the_service_wants_it() {
        let typed = |text: &str| Typed::read(&Form::parse(text.as_bytes()), &FIELDS);
        let wrong: Vec<_> = check(&typed("name=Ana&postcode=99"))
            .iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(wrong, ["line1", "city", "postcode"]);
        let good = typed("name=Ana&line1=Rua+1&postcode=1100148&city=Lisboa&is_default=yes");
        assert!(check(&good).is_empty());
        let sent = body(&good);
        assert_eq!(
            (sent["postcode"].as_str(), sent["is_default"].as_bool()),
            (Some("1100-148"), Some(true))
        );
    }
}
