//! The refresh token of a browser: in a cookie that no script reads and no other host receives.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{Ready, ready};
use http_kit::auth::{OpaqueToken, REFRESH_LIFE};
use http_kit::{ApiError, Input, OperationInput};

/// `__Host-` makes browsers insist on Secure, the path `/` and no domain: stores are siblings under
/// one domain, and none may set or read another's cookie.
const NAME: &str = "__Host-refresh";

pub fn refresh_cookie(token: &OpaqueToken) -> Cookie<'static> {
    base(
        token.text(),
        Duration::seconds(REFRESH_LIFE.whole_seconds()),
    )
}

/// Makes the browser forget it.
pub fn no_refresh_cookie() -> Cookie<'static> {
    base(String::new(), Duration::ZERO)
}

fn base(value: String, max_age: Duration) -> Cookie<'static> {
    Cookie::build(NAME, value)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(max_age)
        .finish()
}

/// The refresh token that the browser sent, if it did.
///
/// Other stores' pages are on the same site, so their requests bring the cookie along. Where a request
/// says that it has JSON, the browser asked first whether that page may send it; one without a body
/// it sends unasked, so there the cookie counts only when the page is of the same origin.
#[derive(Clone, Debug)]
pub struct RefreshCookie(pub Option<OpaqueToken>);

impl FromRequest for RefreshCookie {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let site = req.headers().get("sec-fetch-site");
        let foreign = site.is_some_and(|site| site == "same-site" || site == "cross-site");
        let unasked = !req.headers().contains_key(CONTENT_TYPE);
        let cookie = req.cookie(NAME).filter(|_| !(foreign && unasked));
        ready(Ok(Self(
            cookie.and_then(|cookie| OpaqueToken::parse(cookie.value())),
        )))
    }
}

impl Input for RefreshCookie {
    fn describe(_: &mut OperationInput<'_>) {}
}
