//! Which browser began a connection: a cookie that no script reads and no other host receives.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{Ready, ready};
use http_kit::{ApiError, Input, OperationInput};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::connection::ATTEMPT_FOR;
use crate::app::App;

/// `__Host-` makes browsers insist on Secure, the path `/` and no domain: stores are siblings under one
/// domain, and none may put another's cookie into a browser.
const NAME: &str = "__Host-moloni";
const PURPOSE: &str = "invoicing moloni browser";

/// For the browser that begins `attempt`. Moloni leads it back from another site, which Lax allows.
pub fn begun(app: &App, attempt: Uuid) -> Cookie<'static> {
    let life = Duration::seconds(ATTEMPT_FOR.whole_seconds());
    base(word(app, attempt), life)
}

/// Makes the browser forget it.
pub fn ended() -> Cookie<'static> {
    base(String::new(), Duration::ZERO)
}

fn base(value: String, max_age: Duration) -> Cookie<'static> {
    Cookie::build(NAME, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .finish()
}

/// It can be made again and is stored nowhere.
fn word(app: &App, attempt: Uuid) -> String {
    app.config.ticket_key.word(PURPOSE, attempt.as_bytes())
}

/// What the browser that comes back has of it.
#[derive(Clone, Debug)]
pub struct Browser(Option<String>);

impl Browser {
    pub fn began(&self, app: &App, attempt: Uuid) -> bool {
        let word = word(app, attempt);
        let shown = self.0.as_deref().unwrap_or_default();
        bool::from(word.as_bytes().ct_eq(shown.as_bytes()))
    }
}

impl FromRequest for Browser {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let cookie = req.cookie(NAME);
        ready(Ok(Self(cookie.map(|cookie| cookie.value().to_owned()))))
    }
}

impl Input for Browser {
    fn describe(_: &mut OperationInput<'_>) {}
}
