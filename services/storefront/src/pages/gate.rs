//! The age gate: where a store asks for it, a full page before the shop. It is decided before the
//! memory of pages is looked into, so that pages stay the same for everybody who may see them.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use minijinja::context;

use super::head::Head;
use super::show;
use super::{Other, Request, legal, session, shell};
use crate::app::App;
use crate::pages::shell::Shell;
use crate::web::{Form, Visit, cookies, policy, respond};

/// Where the answer is sent.
pub const PATH: &str = "/age";

/// What is shown instead of a page of the shop; nothing to whom the page may be shown.
pub async fn before(app: &App, http: &HttpRequest, visit: &Visit) -> Option<HttpResponse> {
    if is_free(&visit.path) {
        return None;
    }
    // While the store cannot be told there is no page of it either, but those it showed before.
    let shell = shell::last_known(app, visit).await.ok()?;
    if shell.elsewhere(app, visit).is_some() {
        // Who is about to be led to another host is asked there, where the answer is kept.
        return None;
    }
    let minimum = asked(app, http, &shell)?;
    Some(page(app, visit, &shell, (minimum, StatusCode::OK)))
}

/// A form of the shop is as closed as its pages.
pub fn before_form(request: &Request<'_>) -> Option<HttpResponse> {
    let path = request.visit.path.as_str();
    if path == PATH || is_free(path) {
        return None;
    }
    asked(request.app, request.http, request.shell)?;
    Some(respond::see_other(&request.link("/"), &[]))
}

/// Takes the visitor's word for his age.
pub fn pass(request: &Request<'_>, form: &Form) -> Result<HttpResponse, Other> {
    let minimum = request.shell.minimum_age().ok_or(Other::NotFound)?;
    if !form.has("old_enough") {
        let (app, visit, shell) = (request.app, request.visit, request.shell);
        return Ok(page(app, visit, shell, (minimum, StatusCode::FORBIDDEN)));
    }
    let place = match form.text("next") {
        place if session::is_own_place(place) => place.to_owned(),
        _ => request.link("/"),
    };
    let cookie = cookies::set_age(&request.app.settings, minimum);
    Ok(respond::see_other(&place, &[cookie]))
}

fn asked(app: &App, http: &HttpRequest, shell: &Shell) -> Option<u64> {
    let minimum = shell.minimum_age()?;
    let has_said = cookies::age(http, &app.settings).is_some_and(|age| age >= minimum);
    (!has_said).then_some(minimum)
}

/// What everybody may see: what the law wants told, what machines read, and what somebody who has
/// bought already has a right to.
fn is_free(path: &str) -> bool {
    let name = path.trim_start_matches('/');
    legal::is_page(name)
        || matches!(path, "/sitemap.xml" | "/robots.txt")
        || path == "/withdrawal"
        || [
            "/withdrawal/",
            "/orders/",
            "/account/verify",
            "/account/reset",
        ]
        .iter()
        .any(|start| path.starts_with(start))
}

fn page(
    app: &App,
    visit: &Visit,
    shell: &Shell,
    (minimum, status): (u64, StatusCode),
) -> HttpResponse {
    let words = "You have to be old enough to see this store.";
    let Some(theme) = shell.theme(app) else {
        return respond::bare(StatusCode::FORBIDDEN, words);
    };
    let head = Head::private(theme.say(shell.lang_of(visit), "age-title"));
    let next = match (visit.path.as_str(), visit.search.as_str()) {
        (PATH, _) => shell.prefix(visit).to_owned() + "/",
        (path, "") => format!("{}{path}", shell.prefix(visit)),
        (path, search) => format!("{}{path}?{search}", shell.prefix(visit)),
    };
    let around = show::around(visit, shell, &theme, &head);
    let own = context! { minimum, next, is_refused => status == StatusCode::FORBIDDEN };
    match theme.render("age_gate.html", context! { ..own, ..around }) {
        Ok(html) => {
            let images = app.settings.images_origin.as_deref();
            respond::personal(status, html, policy::of_page(&shell.tokens, images))
        }
        Err(error) => {
            tracing::error!(theme = theme.manifest.name, reason = %error, "A theme's page failed");
            respond::bare(StatusCode::FORBIDDEN, words)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_machines_and_buyers_are_let_through_and_the_shop_is_not() {
        for free in [
            "/terms",
            "/contact",
            "/robots.txt",
            "/sitemap.xml",
            "/withdrawal",
            "/withdrawal/confirm",
            "/orders/1",
        ] {
            assert!(is_free(free), "{free}");
        }
        for shop in [
            "/",
            "/products/a",
            "/search",
            "/cart",
            "/account",
            "/account/sign-in",
            "/terms/x",
        ] {
            assert!(!is_free(shop), "{shop}");
        }
    }
}
