//! Who is signed in: his tokens are in cookies that no script reads, and are renewed here when they
//! are old.

use std::cell::RefCell;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::{Other, Request};
use crate::api::{Ask, Fault, Upstream};
use crate::cache::Turns;
use crate::web::cookies::{self, Tokens};
use crate::web::respond;

pub const ACCOUNT: &str = "/api/orders/store/account";
const RENEWALS_MAX: u64 = 10_000;
/// A browser sends several requests with one word before it has the new one: they get the same.
const RENEWAL_AGE_MAX: Duration = Duration::from_secs(10);
const NEXT_CHARS_MAX: usize = 300;

/// What an answer gives the browser to keep, gathered while it is made.
#[derive(Default)]
pub struct Jar {
    cookies: RefCell<Vec<String>>,
    /// Of a session that was renewed for this very request.
    access: RefCell<Option<String>>,
}

impl Jar {
    pub fn keep(&self, cookies: impl IntoIterator<Item = String>) {
        self.cookies.borrow_mut().extend(cookies);
    }

    /// A cookie that the answer itself sets is newer than one of the same name in here.
    pub fn into(self, mut response: HttpResponse) -> HttpResponse {
        let own: Vec<String> = response
            .headers()
            .get_all(SET_COOKIE)
            .filter_map(|cookie| Some(name_of(cookie.to_str().ok()?).to_owned()))
            .collect();
        for cookie in self.cookies.into_inner() {
            if own.iter().any(|own| own == name_of(&cookie)) {
                continue;
            }
            if let Ok(value) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(SET_COOKIE, value);
            }
        }
        response
    }
}

fn name_of(cookie: &str) -> &str {
    cookie.split_once('=').map_or(cookie, |(name, _)| name)
}

/// Sessions that were just renewed, by the digest of the word that they were renewed with.
pub struct Renewals {
    fresh: moka::sync::Cache<[u8; 32], Tokens>,
    turns: Turns,
}

impl Default for Renewals {
    fn default() -> Self {
        let fresh = moka::sync::Cache::builder()
            .max_capacity(RENEWALS_MAX)
            .time_to_live(RENEWAL_AGE_MAX);
        Self {
            fresh: fresh.build(),
            turns: Turns::default(),
        }
    }
}

/// Asks as the customer who is signed in; nothing when nobody is.
pub async fn ask(request: &Request<'_>, ask: Ask) -> Result<Option<Json>, Fault> {
    let Some(access) = access(request).await? else {
        return Ok(None);
    };
    match send(request, ask.clone(), &access).await {
        Err(fault) if fault.status() == Some(401) => {}
        answer => return answer.map(Some),
    }
    // It ended elsewhere, or ran out on its way: only the word for a new one can tell.
    let Some(access) = renew(request).await? else {
        return Ok(None);
    };
    match send(request, ask, &access).await {
        Err(fault) if fault.status() == Some(401) => {
            forget(request);
            Ok(None)
        }
        answer => answer.map(Some),
    }
}

/// Asks as the customer; who is not signed in is asked to, and comes back here.
pub async fn ask_signed_in(request: &Request<'_>, wanted: Ask) -> Result<Json, Other> {
    ask(request, wanted).await?.ok_or_else(|| sign_in(request))
}

/// Whether somebody says that he is signed in; whether it is so shows when something is asked.
pub fn is_claimed(request: &Request<'_>) -> bool {
    cookies::refresh(request.http, &request.app.settings).is_some()
}

/// The page where one signs in, with the way back to this one.
pub fn sign_in(request: &Request<'_>) -> Other {
    let mut here = request.link(&request.visit.path);
    if request.http.method() == actix_web::http::Method::GET
        && !request.http.query_string().is_empty()
    {
        here = format!("{here}?{}", request.http.query_string());
    }
    let here: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
    let place = request.link(&format!("/account/sign-in?next={here}"));
    Other::answer(respond::see_other(&place, &[]))
}

/// Keeps a session that was just begun, and goes on.
pub fn begin(request: &Request<'_>, session: &Json, place: &str) -> Result<HttpResponse, Other> {
    let tokens = tokens(session).ok_or(Fault::Unavailable)?;
    let cookies = cookies::set_session(&request.app.settings, &tokens);
    Ok(respond::see_other(place, &cookies))
}

/// Nothing of a customer stays in the browser but his basket.
pub fn forget(request: &Request<'_>) {
    let settings = &request.app.settings;
    request.jar.keep(cookies::forget_session(settings));
    request.jar.keep([cookies::forget_order(settings)]);
}

/// A place of this store to go on to; the account where nothing sensible is said.
pub fn next_place(request: &Request<'_>, wanted: &str) -> String {
    if is_own_place(wanted) {
        wanted.to_owned()
    } else {
        request.link("/account")
    }
}

/// Whether an address stays on this host: a browser reads `//x` and `/\x` as other hosts.
pub fn is_own_place(place: &str) -> bool {
    place.len() <= NEXT_CHARS_MAX
        && place.starts_with('/')
        && !place.starts_with("//")
        && place.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

async fn access(request: &Request<'_>) -> Result<Option<String>, Fault> {
    let renewed = request.jar.access.borrow().clone();
    match renewed.or_else(|| cookies::access(request.http, &request.app.settings)) {
        Some(access) => Ok(Some(access)),
        None => renew(request).await,
    }
}

async fn send(request: &Request<'_>, ask: Ask, access: &str) -> Result<Json, Fault> {
    let ask = ask.header("authorization", format!("Bearer {access}"));
    request.app.api.send(&request.visit.caller, ask).await
}

/// A new access token for the word in the browser; nothing when the session has ended.
async fn renew(request: &Request<'_>) -> Result<Option<String>, Fault> {
    let app = request.app;
    let Some(word) = cookies::refresh(request.http, &app.settings) else {
        return Ok(None);
    };
    // Words are of one store: another's is no key to it.
    let digest: [u8; 32] = Sha256::digest(format!("{} {word}", request.shell.tenant)).into();
    let _turn = app.renewals.turns.take(digest).await;
    let tokens = match app.renewals.fresh.get(&digest) {
        Some(tokens) => tokens,
        None => {
            let body = json!({ "refresh_token": word });
            let ask = Ask::post(Upstream::Orders, format!("{ACCOUNT}/refresh"), body);
            match app.api.send(&request.visit.caller, ask).await {
                Ok(session) => {
                    let tokens = tokens(&session).ok_or(Fault::Unavailable)?;
                    app.renewals.fresh.insert(digest, tokens.clone());
                    tokens
                }
                Err(fault) if fault.status() == Some(401) => {
                    forget(request);
                    return Ok(None);
                }
                Err(fault) => return Err(fault),
            }
        }
    };
    request
        .jar
        .keep(cookies::set_session(&app.settings, &tokens));
    let access = tokens.access;
    *request.jar.access.borrow_mut() = Some(access.clone());
    Ok(Some(access))
}

fn tokens(session: &Json) -> Option<Tokens> {
    let text = |name: &str| Some(session.get(name)?.as_str()?.to_owned());
    let seconds = session.get("expires_in").and_then(Json::as_u64)?;
    Some(Tokens {
        access: text("access_token")?,
        access_seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
        refresh: text("refresh_token")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_on_to_a_place_of_this_store_and_to_no_other() {
        for good in ["/account", "/en/checkout", "/orders/1?x=2"] {
            assert!(is_own_place(good), "{good}");
        }
        let long = format!("/{}", "x".repeat(NEXT_CHARS_MAX));
        for bad in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/ a",
            long.as_str(),
        ] {
            assert!(!is_own_place(bad), "{bad}");
        }
    }

    #[test]
    fn a_cookie_of_the_answer_is_not_set_again_by_what_was_gathered_before() {
        let jar = Jar::default();
        let gathered = [
            "access=old; Path=/",
            "session=old; Path=/",
            "age=18; Path=/",
        ];
        jar.keep(gathered.map(str::to_owned));
        let own = ["access=new; Path=/", "session=; Path=/; Max-Age=0"];
        let answer = jar.into(respond::see_other("/account", &own.map(str::to_owned)));
        let cookies = answer.headers().get_all(SET_COOKIE);
        let cookies: Vec<_> = cookies.map(|cookie| cookie.to_str().unwrap()).collect();
        assert_eq!(cookies, [own[0], own[1], "age=18; Path=/"]);
    }

    #[test]
    fn a_session_is_read_whole_or_not_at_all() {
        let session = json!({ "access_token": "a", "expires_in": 600, "refresh_token": "r" });
        assert_eq!(
            tokens(&session).map(|tokens| tokens.access_seconds),
            Some(600)
        );
        assert_eq!(
            tokens(&json!({ "access_token": "a", "expires_in": 600 })),
            None
        );
    }
}
