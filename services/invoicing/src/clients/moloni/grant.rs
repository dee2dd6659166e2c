//! OAuth: the way to a store's access, and its renewal.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::transport::Moloni;
use super::{MoloniError, row};

/// What Moloni gives when it does not say for how long.
const ACCESS_SECONDS: u64 = 3_600;
const ACCESS_SECONDS_MAX: u64 = 86_400;
/// A refresh token that was never given.
const NOBODYS: &str = "nobodys";

/// A pair of tokens. Its refresh token is good once.
#[derive(Clone, Debug)]
pub struct Pair {
    pub access: SecretString,
    pub refresh: SecretString,
    pub access_for: Duration,
}

impl Moloni {
    /// Where a merchant lets the platform in.
    ///
    /// # Errors
    /// When the configured base is no address.
    pub fn authorize_url(&self, redirect: &str, state: &str) -> Result<Url, url::ParseError> {
        let mut url = Url::parse(self.base())?.join("authorize/")?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", self.client_id())
            .append_pair("redirect_uri", redirect)
            .append_pair("state", state);
        Ok(url)
    }

    /// The first pair, for the code that the merchant came back with.
    pub async fn exchange(&self, code: &str, redirect: &str) -> Result<Pair, MoloniError> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
        ];
        self.grant(&fields).await
    }

    /// A new pair for an old one, which is dead from then on, whether or not the answer arrives.
    pub async fn renew(&self, refresh: &SecretString) -> Result<Pair, MoloniError> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose_secret()),
        ];
        self.grant(&fields).await
    }

    /// Whether Moloni answers and takes the platform's key: it refuses a token that is nobody's for that
    /// token's own sake. No store's access is touched.
    ///
    /// # Errors
    /// When it does not.
    pub async fn check(&self) -> Result<(), MoloniError> {
        match self.renew(&NOBODYS.into()).await {
            Ok(_) | Err(MoloniError::GrantRefused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn grant(&self, fields: &[(&str, &str)]) -> Result<Pair, MoloniError> {
        let answer = self.get_grant(fields).await.map_err(|error| match error {
            MoloniError::TokenRefused => MoloniError::GrantRefused("invalid_grant".into()),
            other => other,
        })?;
        pair(&answer).ok_or_else(|| MoloniError::Unclear("a grant without tokens".into()))
    }
}

fn pair(answer: &Value) -> Option<Pair> {
    let token = |field: &str| Some(row::text(answer, field)).filter(|token| !token.is_empty());
    let seconds = row::text(answer, "expires_in").parse().ok();
    let seconds: u64 = seconds.unwrap_or(ACCESS_SECONDS);
    Some(Pair {
        access: token("access_token")?.into(),
        refresh: token("refresh_token")?.into(),
        access_for: Duration::from_secs(seconds.min(ACCESS_SECONDS_MAX)),
    })
}
