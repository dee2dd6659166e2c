//! Name, tax number and consent of a customer, and his password.

use actix_web::HttpResponse;
use kernel::TaxId;
use serde_json::{Value as Json, json};

use super::entry::wrong_password;
use super::page;
use crate::api::{Ask, Upstream};
use crate::pages::fields::{self, FieldError, Typed, told};
use crate::pages::session::{self, ACCOUNT};
use crate::pages::show::Made;
use crate::pages::{Other, Request};
use crate::web::Form;

const FIELDS: [&str; 4] = ["first_name", "last_name", "nif", "marketing_consent"];
const SHOWN: [&str; 5] = [
    "email",
    "first_name",
    "last_name",
    "nif",
    "marketing_consent",
];

pub async fn show(request: &Request<'_>) -> Result<Made, Other> {
    let typed = Typed::known(&find(request).await?, &SHOWN);
    Ok(form_page(request, (&typed, &[])))
}

/// The page has two forms; each says which it is.
pub async fn change(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    if form.has("is_password") {
        return change_password(request, form).await;
    }
    let known = find(request).await?;
    let mut typed = Typed::read(form, &FIELDS);
    typed.set(
        "email",
        known
            .get("email")
            .and_then(Json::as_str)
            .unwrap_or_default(),
    );
    let again = |errors: Vec<FieldError>| {
        Ok(fields::again(
            request,
            form_page(request, (&typed, &errors)),
        ))
    };
    let mut errors = typed.missing(&["first_name", "last_name"]);
    if typed.has("nif") && typed.text("nif").parse::<TaxId>().is_err() {
        errors.push(FieldError::at("nif"));
    }
    if !errors.is_empty() {
        return again(errors);
    }
    let nif = Some(typed.text("nif")).filter(|nif| !nif.is_empty());
    let body = json!({
        "first_name": typed.text("first_name"), "last_name": typed.text("last_name"), "nif": nif,
        "marketing_consent": typed.has("marketing_consent"),
    });
    let ask = Ask::patch(Upstream::Orders, ACCOUNT, body);
    match session::ask(request, ask).await {
        Ok(Some(_)) => Ok(super::done(request, "/account/profile", "saved")),
        Ok(None) => Err(session::sign_in(request)),
        Err(fault) => again(told(fault, &FIELDS, &[])?),
    }
}

/// The other sessions end; this one goes on with new words.
async fn change_password(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let typed = Typed::known(&find(request).await?, &SHOWN);
    let again = |errors: Vec<FieldError>| {
        Ok(fields::again(
            request,
            form_page(request, (&typed, &errors)),
        ))
    };
    let mut errors = Vec::new();
    if form.secret("current_password").is_empty() {
        errors.push(FieldError::at("current_password"));
    }
    errors.extend(wrong_password(form, "new_password"));
    if !errors.is_empty() {
        return again(errors);
    }
    let body = json!({
        "current_password": form.secret("current_password"), "new_password": form.secret("new_password"),
    });
    let ask = Ask::put(Upstream::Orders, format!("{ACCOUNT}/password"), body);
    let names = ["current_password", "new_password"];
    let known = [("wrong-password", FieldError::at("current_password"))];
    match session::ask(request, ask).await {
        Ok(Some(begun)) => {
            let place = request.link("/account/profile?done=password");
            session::begin(request, &begun, &place)
        }
        Ok(None) => Err(session::sign_in(request)),
        Err(fault) => again(told(fault, &names, &known)?),
    }
}

async fn find(request: &Request<'_>) -> Result<Json, Other> {
    session::ask_signed_in(request, Ask::get(Upstream::Orders, ACCOUNT)).await
}

fn form_page(request: &Request<'_>, form: (&Typed, &[FieldError])) -> Made {
    page(request, ("account/profile.html", "account-profile"), form)
}
