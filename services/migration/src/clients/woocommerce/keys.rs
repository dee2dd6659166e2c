//! How a shop is shown its keys: in a header or in the address over HTTPS, as a signature over HTTP.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use kernel::Clock;
use outbound::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How keys are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// `Authorization: Basic`.
    Basic,
    /// In the address, for hosts that drop the header.
    Query,
    /// OAuth 1.0a with one leg (RFC 5849): the secret never travels.
    Oauth,
}

impl Way {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Query => "query",
            Self::Oauth => "oauth",
        }
    }

    pub fn from_word(word: &str) -> Self {
        match word {
            "query" => Self::Query,
            "oauth" => Self::Oauth,
            _ => Self::Basic,
        }
    }

    /// The ways to try, in their order. Over HTTP a secret is never sent.
    pub(super) fn of(api: &Url) -> &'static [Self] {
        if api.scheme() == "https" {
            &[Self::Basic, Self::Query]
        } else {
            &[Self::Oauth]
        }
    }
}

#[derive(Clone)]
pub struct Keys {
    pub key: String,
    pub secret: SecretString,
    pub way: Way,
    /// A signature holds for some minutes.
    pub clock: Clock,
}

impl Keys {
    /// Puts into the address what belongs there; the header, where there is one.
    pub(super) fn sign(&self, url: &mut Url) -> Option<String> {
        let secret = self.secret.expose_secret();
        match self.way {
            Way::Basic => {
                let pair = STANDARD.encode(format!("{}:{secret}", self.key));
                Some(format!("Basic {pair}"))
            }
            Way::Query => {
                url.query_pairs_mut()
                    .append_pair("consumer_key", &self.key)
                    .append_pair("consumer_secret", secret);
                None
            }
            Way::Oauth => {
                let nonce: u128 = rand::random();
                self.sign_with(url, &format!("{nonce:032x}"), self.clock.unix());
                None
            }
        }
    }

    fn sign_with(&self, url: &mut Url, nonce: &str, now: i64) {
        url.query_pairs_mut()
            .append_pair("oauth_consumer_key", &self.key)
            .append_pair("oauth_nonce", nonce)
            .append_pair("oauth_signature_method", "HMAC-SHA256")
            .append_pair("oauth_timestamp", &now.to_string());
        let mut pairs: Vec<(String, String)> = url
            .query_pairs()
            .map(|(name, value)| (encoded(&name), encoded(&value)))
            .collect();
        pairs.sort();
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut address = url.clone();
        address.set_query(None);
        let base = format!(
            "GET&{}&{}",
            encoded(address.as_str()),
            encoded(&pairs.join("&"))
        );
        let key = format!("{}&", encoded(self.secret.expose_secret()));
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(base.as_bytes());
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        url.query_pairs_mut()
            .append_pair("oauth_signature", &signature);
    }
}

/// RFC 5849 §3.6: everything but letters, digits, `-`, `.`, `_` and `~`.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().fold(String::new(), |mut out, byte| {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(way: Way) -> Keys {
        Keys {
            key: "ck_1".into(),
            secret: "cs_2".to_owned().into(),
            way,
            clock: Clock::system(),
        }
    }

    #[test]
    fn a_secret_is_in_no_address_over_http() {
        let mut url: Url = "http://loja.example/wp-json/wc/v3/products?a=b%20c"
            .parse()
            .unwrap();
        assert_eq!(Way::of(&url), [Way::Oauth]);
        keys(Way::Oauth).sign_with(&mut url, "n", 1_700_000_000);
        assert!(!url.as_str().contains("cs_2"), "{url}");
        assert!(url.as_str().contains("oauth_signature="));
    }

    #[test]
    fn characters_are_encoded_as_the_rfc_says() {
        assert_eq!(encoded("a b+c/é~-._"), "a%20b%2Bc%2F%C3%A9~-._");
    }
}
