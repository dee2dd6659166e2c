//! Whether a key opens the shop. What counts is what PHP believes of the connection.

use super::ask::Ask;
use super::error::{Error, Result};
use super::world::Settings;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeSet;

/// A signature is good for so long, before and after.
const OAUTH_SECONDS: i64 = 15 * 60;
/// What RFC 3986 leaves as it is, and PHP's `rawurlencode` with it.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A key of the shop, which may only read.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) consumer: String,
    pub(super) secret: String,
}

/// Nonces that were used already.
pub(super) type Nonces = BTreeSet<String>;

/// What the shop holds a request against.
#[derive(Debug)]
pub(super) struct Door<'a> {
    pub(super) key: &'a Key,
    pub(super) settings: &'a Settings,
    /// The address asked for, as the shop sees itself.
    pub(super) url: &'a str,
    pub(super) now: i64,
    pub(super) nonces: &'a mut Nonces,
}

impl Door<'_> {
    /// `plain` means that the route came as `?rest_route=`, where WooCommerce looks at no key.
    pub(super) fn admit(&mut self, ask: &Ask, plain: bool) -> Result<()> {
        if plain && !self.settings.plain_takes_keys {
            return Err(Error::cannot_view());
        }
        if ask.query.get("oauth_consumer_key").is_some() {
            return self.admit_oauth(ask);
        }
        if self.settings.strict_http && !ask.is_https {
            // Basic and query keys are not even looked at.
            return Err(Error::cannot_view());
        }
        let given = from_query(ask).or_else(|| from_header(ask, self.settings));
        match given {
            Some((consumer, secret)) if consumer == self.key.consumer => {
                match secret == self.key.secret {
                    true => Ok(()),
                    false => Err(Error::authentication("Consumer secret is invalid.")),
                }
            }
            _ => Err(Error::cannot_view()),
        }
    }

    /// One-legged OAuth 1.0a in the query.
    fn admit_oauth(&mut self, ask: &Ask) -> Result<()> {
        if ask.query.text("oauth_consumer_key") != self.key.consumer {
            return Err(Error::authentication("Consumer key is invalid."));
        }
        if ask.query.text("oauth_signature") != signature(ask, self.key, self.url)? {
            let message = "Invalid signature - provided signature does not match.";
            return Err(Error::authentication(message));
        }
        let timestamp: i64 = ask
            .query
            .text("oauth_timestamp")
            .parse()
            .unwrap_or_default();
        if (self.now - timestamp).abs() > OAUTH_SECONDS {
            return Err(Error::authentication("Invalid timestamp."));
        }
        match self.nonces.insert(ask.query.text("oauth_nonce").to_owned()) {
            true => Ok(()),
            false => Err(Error::authentication(
                "Invalid nonce - nonce has already been used.",
            )),
        }
    }
}

/// What is written goes first to the key, which may not write.
pub(super) fn check_method(ask: &Ask) -> Result<()> {
    match matches!(ask.method.as_str(), "GET" | "HEAD" | "OPTIONS") {
        true => Ok(()),
        false => {
            let message = "The API key provided does not have write permissions.";
            Err(Error::authentication(message))
        }
    }
}

fn from_query(ask: &Ask) -> Option<(String, String)> {
    let consumer = ask.query.get("consumer_key")?;
    Some((
        consumer.to_owned(),
        ask.query.text("consumer_secret").to_owned(),
    ))
}

fn from_header(ask: &Ask, settings: &Settings) -> Option<(String, String)> {
    if settings.strip_authorization {
        return None;
    }
    let header = ask.authorization.as_deref()?;
    let encoded = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let decoded = BASE64_STANDARD.decode(encoded?.1.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (consumer, secret) = text.split_once(':')?;
    Some((consumer.to_owned(), secret.to_owned()))
}

fn signature(ask: &Ask, key: &Key, url: &str) -> Result<String> {
    let mut pairs: Vec<_> = ask
        .query
        .0
        .iter()
        .filter(|(name, _)| name != "oauth_signature")
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.sort();
    let method = ask.method.to_uppercase();
    let base = format!("{method}&{}&{}", encode(url), encode(&pairs.join("&")));
    // No token: what follows the `&` is empty.
    let secret = format!("{}&", key.secret);
    let digest = match ask.query.text("oauth_signature_method") {
        "HMAC-SHA1" => mac::<Hmac<sha1::Sha1>>(&secret, &base),
        "HMAC-SHA256" => mac::<Hmac<sha2::Sha256>>(&secret, &base),
        _ => {
            let message = "Invalid signature - signature method is invalid.";
            return Err(Error::authentication(message));
        }
    };
    Ok(BASE64_STANDARD.encode(digest))
}

fn mac<M: Mac + KeyInit>(secret: &str, base: &str) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes any key");
    mac.update(base.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Key, signature};
    use crate::woocommerce::ask::{Ask, Query};

    /// A signature that a real WooCommerce 8.2.2 has accepted.
    #[test]
    fn a_signature_is_what_a_real_shop_takes_it_to_be() {
        let key = Key {
            consumer: format!("ck_{}", "c".repeat(40)),
            secret: format!("cs_{}", "d".repeat(40)),
        };
        let mut query = Query::default();
        for (name, value) in [
            ("per_page", "1"),
            ("search", "Azeite Galo"),
            ("oauth_consumer_key", key.consumer.as_str()),
            ("oauth_timestamp", "1795492741"),
            ("oauth_nonce", "n1821795492741"),
            ("oauth_signature_method", "HMAC-SHA256"),
        ] {
            query.put(name, value);
        }
        let ask = Ask {
            method: "GET".into(),
            path: String::new(),
            query,
            origin: String::new(),
            is_https: false,
            authorization: None,
        };
        let url = "http://127.0.0.1:8982/wp-json/wc/v3/products";
        let signed = signature(&ask, &key, url).unwrap();
        assert_eq!(signed, "xCN9e0ek+TIzM06KnAUT3V9vL7TLw1yoF18GhcBQs5I=");
    }
}
