//! What is kept about a customer: a copy of it, and its end.

use actix_web::HttpResponse;
use serde_json::json;

use super::page;
use crate::api::{Ask, Upstream};
use crate::pages::fields::{self, FieldError, Typed, told};
use crate::pages::session::{self, ACCOUNT};
use crate::pages::show::Made;
use crate::pages::{Other, Request};
use crate::web::{Form, respond};

pub async fn show(request: &Request<'_>) -> Result<Made, Other> {
    session::ask_signed_in(request, Ask::get(Upstream::Orders, ACCOUNT)).await?;
    Ok(form_page(request, &[]))
}

/// Everything as a file; whatever the service tells, nothing is left out.
pub async fn export(request: &Request<'_>) -> Other {
    let ask = Ask::get(Upstream::Orders, format!("{ACCOUNT}/export"));
    match session::ask_signed_in(request, ask).await {
        Ok(all) => {
            let text = serde_json::to_string_pretty(&all).unwrap_or_default();
            Other::answer(respond::download("my-data.json", "application/json", text))
        }
        Err(other) => other,
    }
}

pub async fn delete(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let again = |errors: Vec<FieldError>| Ok(fields::again(request, form_page(request, &errors)));
    if form.secret("password").is_empty() {
        return again(vec![FieldError::at("password")]);
    }
    let ask = Ask::delete(Upstream::Orders, ACCOUNT);
    let ask = ask.body(json!({ "password": form.secret("password") }));
    let known = [("wrong-password", FieldError::at("password"))];
    match session::ask(request, ask).await {
        Ok(Some(_)) => {
            session::forget(request);
            let place = request.link("/account/sign-in?done=deleted");
            Ok(respond::see_other(&place, &[]))
        }
        Ok(None) => Err(session::sign_in(request)),
        Err(fault) => again(told(fault, &["password"], &known)?),
    }
}

fn form_page(request: &Request<'_>, errors: &[FieldError]) -> Made {
    let form = (&Typed::default(), errors);
    page(request, ("account/data.html", "account-data"), form)
}
