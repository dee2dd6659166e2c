//! Who may come in: codes, access tokens for an hour, and refresh tokens that are good for once.

use super::problems::{Refusal, Result};
use super::{Sim, world::World};
use crate::random::digits;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use url::Url;

const ACCESS_SECONDS: i64 = 3_600;
const REFRESH_SECONDS: i64 = 14 * 86_400;
const CODE_SECONDS: i64 = 600;
/// Wrong passwords before the login is locked, and for how long.
const ATTEMPTS_MAX: u32 = 5;
const LOCK_SECONDS: i64 = 1_800;
const TOKEN_LENGTH: usize = 40;

pub(super) type Query = HashMap<String, String>;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Grants {
    codes: BTreeMap<String, Code>,
    /// End of each access token, in seconds since 1970.
    access: BTreeMap<String, i64>,
    refresh: BTreeMap<String, Refresh>,
    wrong_passwords: u32,
    locked_until: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Code {
    redirect_uri: String,
    ends_at: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Refresh {
    /// The access token of the same pair.
    access: String,
    ends_at: i64,
}

impl Grants {
    /// A new pair, as `grant/` answers it.
    pub(super) fn issue(&mut self, now: i64) -> Value {
        self.access.retain(|_, ends_at| *ends_at > now);
        self.refresh.retain(|_, refresh| refresh.ends_at > now);
        let (access, refresh) = (digits(TOKEN_LENGTH), digits(TOKEN_LENGTH));
        self.access.insert(access.clone(), now + ACCESS_SECONDS);
        let pair = Refresh {
            access: access.clone(),
            ends_at: now + REFRESH_SECONDS,
        };
        self.refresh.insert(refresh.clone(), pair);
        json!({"access_token": access, "expires_in": ACCESS_SECONDS, "token_type": "bearer",
               "scope": null, "refresh_token": refresh})
    }

    pub(super) fn is_open(&self, access: &str, now: i64) -> bool {
        self.access
            .get(access)
            .is_some_and(|ends_at| *ends_at > now)
    }

    /// The user takes the application's access away.
    pub(super) fn revoke_all(&mut self) {
        self.access.clear();
        self.refresh.clear();
        self.codes.clear();
    }

    pub(super) fn lock(&mut self, until: i64) {
        self.locked_until = until;
        self.wrong_passwords = 0;
    }

    /// A code for the way back from the page on which the user agreed.
    pub(super) fn agree(&mut self, redirect_uri: &str, now: i64) -> String {
        let code = digits(TOKEN_LENGTH);
        let redirect_uri = redirect_uri.to_owned();
        let ends_at = now + CODE_SECONDS;
        self.codes.insert(
            code.clone(),
            Code {
                redirect_uri,
                ends_at,
            },
        );
        code
    }

    /// Uses a code up, whether or not it is right.
    fn exchange(&mut self, code: &str, redirect_uri: &str, now: i64) -> Result<Value> {
        match self.codes.remove(code) {
            Some(known) if known.redirect_uri != redirect_uri => Err(Refusal::OAuth(
                "redirect_uri_mismatch",
                "The redirect URI is missing or do not match",
            )),
            Some(known) if known.ends_at > now => Ok(self.issue(now)),
            _ => Err(Refusal::OAuth(
                "invalid_grant",
                "Authorization code doesn't exist or is invalid for the client",
            )),
        }
    }

    /// The old pair is dead from here on, whether or not the answer arrives.
    fn renew(&mut self, token: &str, now: i64) -> Result<Value> {
        match self.refresh.remove(token) {
            Some(old) if old.ends_at > now => {
                self.access.remove(&old.access);
                Ok(self.issue(now))
            }
            _ => Err(Refusal::OAuth("invalid_grant", "Invalid refresh token")),
        }
    }

    fn log_in(&mut self, right: bool, now: i64) -> Result<Value> {
        if self.locked_until > now {
            return Err(Refusal::OAuth(
                "too_many_login_attempts",
                "Too many login attempts, try again later",
            ));
        }
        if right {
            self.wrong_passwords = 0;
            return Ok(self.issue(now));
        }
        self.wrong_passwords += 1;
        if self.wrong_passwords >= ATTEMPTS_MAX {
            self.lock(now + LOCK_SECONDS);
        }
        Err(Refusal::OAuth(
            "invalid_grant",
            "Invalid username and password combination",
        ))
    }
}

/// `grant/`
pub(super) fn grant(sim: &Sim, world: &mut World, query: &Query, now: i64) -> Result<Value> {
    let given = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let kind = given("grant_type");
    if kind.is_empty() {
        return Err(Refusal::OAuth("invalid_request", "Missing parameters"));
    }
    let config = &sim.config;
    if given("client_id") != config.client_id || given("client_secret") != config.client_secret {
        return Err(Refusal::OAuth(
            "invalid_client",
            "The client credentials are invalid",
        ));
    }
    match kind {
        "password" => {
            let right =
                given("username") == config.username && given("password") == config.password;
            world.grants.log_in(right, now)
        }
        "authorization_code" => {
            check_redirect(sim, given("redirect_uri"))?;
            world
                .grants
                .exchange(given("code"), given("redirect_uri"), now)
        }
        "refresh_token" => world.grants.renew(given("refresh_token"), now),
        "client_credentials" => Err(Refusal::OAuth(
            "unauthorized_client",
            "The grant type is unauthorized for this client_id",
        )),
        _ => Err(Refusal::OAuth(
            "unsupported_grant_type",
            "Grant type is not supported",
        )),
    }
}

/// Registered, absolute, without a fragment, and not `localhost`.
pub(super) fn check_redirect(sim: &Sim, given: &str) -> Result<()> {
    let url = Url::parse(given).ok().filter(|url| {
        let web = matches!(url.scheme(), "http" | "https");
        web && url.fragment().is_none() && url.host_str() != Some("localhost")
    });
    if url.is_none() {
        return Err(Refusal::OAuth("invalid_uri", "The redirect URI is invalid"));
    }
    let registered = &sim.config.redirect_uri;
    match registered.is_empty() || registered.iter().any(|one| one == given) {
        true => Ok(()),
        false => Err(Refusal::OAuth(
            "redirect_uri_mismatch",
            "The redirect URI is missing or do not match",
        )),
    }
}
