//! Ways into the account: signing in, registering, and what a mail leads to.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use kernel::Email;
use serde_json::{Value as Json, json};

use super::page;
use crate::api::{Ask, Fault, Upstream};
use crate::pages::fields::{self, FieldError, Typed, told};
use crate::pages::session::{self, ACCOUNT};
use crate::pages::show::{self, Made};
use crate::pages::{Other, Request};
use crate::web::{Form, cookies, respond};

const SIGN_IN: [&str; 2] = ["email", "next"];
const REGISTER: [&str; 4] = ["first_name", "last_name", "email", "marketing_consent"];
const PASSWORD_CHARS_MIN: usize = 8;

pub async fn sign_in(request: &Request<'_>) -> Result<Made, Other> {
    let mut typed = Typed::default();
    typed.set("next", request.visit.query.text("next"));
    if session::is_claimed(request) {
        let profile = Ask::get(Upstream::Orders, ACCOUNT);
        // While the account cannot be asked, signing in again cannot work either.
        if session::ask(request, profile).await?.is_some() {
            let place = session::next_place(request, typed.text("next"));
            return Err(Other::answer(respond::see_other(&place, &[])));
        }
    }
    Ok(page(
        request,
        ("account/sign_in.html", "sign-in"),
        (&typed, &[]),
    ))
}

pub async fn signs_in(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let typed = Typed::read(form, &SIGN_IN);
    let again = |errors: Vec<FieldError>| {
        let made = page(
            request,
            ("account/sign_in.html", "sign-in"),
            (&typed, &errors),
        );
        Ok(fields::again(request, made))
    };
    let mut errors = wrong_email(&typed);
    if form.secret("password").is_empty() {
        errors.push(FieldError::at("password"));
    }
    if !errors.is_empty() {
        return again(errors);
    }
    let body = json!({ "email": typed.text("email"), "password": form.secret("password") });
    let known = [(
        "invalid-credentials",
        FieldError::notice("error-credentials"),
    )];
    match post(request, "login", body).await {
        Ok(begun) => {
            let place = session::next_place(request, typed.text("next"));
            session::begin(request, &begun, &place)
        }
        Err(fault) => again(told(fault, &["email", "password"], &known)?),
    }
}

/// Ends the session wherever it is known. It ends in this browser even when nobody else can be told.
pub async fn signs_out(request: &Request<'_>) -> Result<HttpResponse, Other> {
    if let Some(word) = cookies::refresh(request.http, &request.app.settings) {
        let body = json!({ "refresh_token": word });
        if let Err(fault) = post(request, "logout", body).await {
            tracing::warn!(
                code = fault.code(),
                "A session was ended in its browser only"
            );
        }
    }
    session::forget(request);
    let place = request.link("/account/sign-in?done=signed-out");
    Ok(respond::see_other(&place, &[]))
}

pub fn register(request: &Request<'_>) -> Made {
    let typed = Typed::default();
    page(
        request,
        ("account/register.html", "register"),
        (&typed, &[]),
    )
}

/// Everybody is told the same: whether the address had an account already only its mail says.
pub async fn registers(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let typed = Typed::read(form, &REGISTER);
    let again = |errors: Vec<FieldError>| {
        let made = page(
            request,
            ("account/register.html", "register"),
            (&typed, &errors),
        );
        Ok(fields::again(request, made))
    };
    let mut errors = typed.missing(&["first_name", "last_name"]);
    errors.extend(wrong_email(&typed));
    errors.extend(wrong_password(form, "password"));
    if !errors.is_empty() {
        return again(errors);
    }
    let body = json!({
        "email": typed.text("email"), "password": form.secret("password"),
        "first_name": typed.text("first_name"), "last_name": typed.text("last_name"),
        "marketing_consent": typed.has("marketing_consent"),
        "locale": request.shell.lang_of(request.visit).tag(),
    });
    let names = ["first_name", "last_name", "email", "password"];
    match post(request, "register", body).await {
        Ok(_) => Ok(super::done(request, "/account/register", "registered")),
        Err(fault) => again(told(fault, &names, &[])?),
    }
}

/// The link of the mail opens a page with a button: programs that look into mails follow links, and
/// the word in it works once. It asks for the password, which a stranger who registered the address
/// does not share.
pub fn verify(request: &Request<'_>) -> Result<Made, Other> {
    with_word(request, ("account/verify.html", "verify"))
}

pub async fn verifies(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let typed = Typed::read(form, &["token"]);
    let body = json!({ "token": typed.text("token"), "password": form.secret("password") });
    match post(request, "verify", body).await {
        Ok(begun) => {
            let place = request.link("/account?done=verified");
            session::begin(request, &begun, &place)
        }
        Err(fault) if fault.status() == Some(401) => spent(request, fault, "verify"),
        Err(fault) => {
            let known = [("wrong-password", FieldError::at("password"))];
            let errors = told(fault, &["password"], &known)?;
            let made = page(
                request,
                ("account/verify.html", "verify"),
                (&typed, &errors),
            );
            Ok(fields::again(request, made))
        }
    }
}

pub fn forgot(request: &Request<'_>) -> Made {
    let typed = Typed::default();
    page(request, ("account/forgot.html", "forgot"), (&typed, &[]))
}

pub async fn forgets(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let typed = Typed::read(form, &["email"]);
    let again = |errors: Vec<FieldError>| {
        let made = page(
            request,
            ("account/forgot.html", "forgot"),
            (&typed, &errors),
        );
        Ok(fields::again(request, made))
    };
    let errors = wrong_email(&typed);
    if !errors.is_empty() {
        return again(errors);
    }
    let locale = request.shell.lang_of(request.visit).tag();
    let body = json!({ "email": typed.text("email"), "locale": locale });
    match post(request, "forgot", body).await {
        Ok(_) => Ok(super::done(request, "/account/forgot", "sent")),
        Err(fault) => again(told(fault, &["email"], &[])?),
    }
}

pub fn reset(request: &Request<'_>) -> Result<Made, Other> {
    with_word(request, ("account/reset.html", "reset"))
}

pub async fn resets(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let typed = Typed::read(form, &["token"]);
    let again = |errors: Vec<FieldError>| {
        let made = page(request, ("account/reset.html", "reset"), (&typed, &errors));
        Ok(fields::again(request, made))
    };
    let errors = wrong_password(form, "password");
    if !errors.is_empty() {
        return again(errors);
    }
    let body = json!({ "token": typed.text("token"), "password": form.secret("password") });
    match post(request, "reset", body).await {
        Ok(begun) => {
            let place = request.link("/account?done=password");
            session::begin(request, &begun, &place)
        }
        Err(fault) if fault.status() == Some(401) => spent(request, fault, "reset"),
        Err(fault) => again(told(fault, &["password"], &[])?),
    }
}

/// A password that the service would refuse without a look at any list.
pub fn wrong_password(form: &Form, field: &'static str) -> Vec<FieldError> {
    let is_short = form.secret(field).chars().count() < PASSWORD_CHARS_MIN;
    is_short
        .then(|| FieldError {
            field,
            key: "error-new-password".to_owned(),
            message: String::new(),
        })
        .into_iter()
        .collect()
}

fn wrong_email(typed: &Typed) -> Vec<FieldError> {
    let is_email = typed.text("email").parse::<Email>().is_ok();
    (!is_email)
        .then(|| FieldError::at("email"))
        .into_iter()
        .collect()
}

fn with_word(request: &Request<'_>, (template, key): (&'static str, &str)) -> Result<Made, Other> {
    let word = request.visit.query.text("token");
    if word.is_empty() {
        return Err(Other::NotFound);
    }
    let mut typed = Typed::default();
    typed.set("token", word);
    Ok(page(request, (template, key), (&typed, &[])))
}

/// A link that was used or has run out: how to get another.
fn spent(request: &Request<'_>, fault: Fault, key: &str) -> Result<HttpResponse, Other> {
    if fault.status() != Some(401) {
        return Err(fault.into());
    }
    let typed = Typed::default();
    let made = page(request, ("account/spent.html", key), (&typed, &[]));
    Ok(show::personal(request, StatusCode::UNAUTHORIZED, made))
}

async fn post(request: &Request<'_>, what: &str, body: Json) -> Result<Json, Fault> {
    let ask = Ask::post(Upstream::Orders, format!("{ACCOUNT}/{what}"), body);
    request.app.api.send(&request.visit.caller, ask).await
}
