//! What a browser keeps for a visitor: the words for his basket, for his last order and for his
//! account, and that he is old enough.
//!
//! Stores are siblings under one domain, so a name begins with `__Host-`: no other store can set it.
//! That needs https; on a developer's machine the plain name stands in.

use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{CartId, OrderId};

use crate::config::Settings;

const MONTH_SECONDS: u32 = 30 * 24 * 3_600;
const HOUR_SECONDS: u32 = 3_600;
const WORD_CHARS_MAX: usize = 256;
const TOKEN_CHARS_MAX: usize = 3_000;
/// An access token is renewed this long before it ends: it may be on its way then.
const ACCESS_MARGIN_SECONDS: u32 = 20;

/// A thing that only the bearer of its word may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof<I> {
    pub id: I,
    pub word: String,
}

/// What proves who is signed in, and what it is renewed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    pub access: String,
    pub access_seconds: u32,
    pub refresh: String,
}

impl<I: std::str::FromStr> Proof<I> {
    fn parse(text: &str) -> Option<Self> {
        let (id, word) = text.split_once('.')?;
        let is_word = (1..=WORD_CHARS_MAX).contains(&word.len())
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        let id = id.parse().ok()?;
        is_word.then(|| Self {
            id,
            word: word.to_owned(),
        })
    }
}

pub fn basket(req: &HttpRequest, settings: &Settings) -> Option<Proof<CartId>> {
    Proof::parse(&find(req, settings, "basket")?)
}

pub fn order(req: &HttpRequest, settings: &Settings) -> Option<Proof<OrderId>> {
    Proof::parse(&find(req, settings, "order")?)
}

/// Both cookies of a basket: its proof, and how much is in it, which a script may read.
pub fn set_basket(settings: &Settings, proof: &Proof<CartId>, count: i64) -> [String; 2] {
    let value = format!("{}.{}", proof.id, proof.word);
    [
        secret(settings, "basket", &value, MONTH_SECONDS),
        cookie(settings, "basket-count", &count.to_string(), MONTH_SECONDS),
    ]
}

pub fn forget_basket(settings: &Settings) -> [String; 2] {
    [
        secret(settings, "basket", "", 0),
        cookie(settings, "basket-count", "", 0),
    ]
}

pub fn set_order(settings: &Settings, proof: &Proof<OrderId>) -> String {
    let value = format!("{}.{}", proof.id, proof.word);
    secret(settings, "order", &value, MONTH_SECONDS)
}

pub fn forget_order(settings: &Settings) -> String {
    secret(settings, "order", "", 0)
}

pub fn access(req: &HttpRequest, settings: &Settings) -> Option<String> {
    find(req, settings, "access").filter(|token| is_token(token))
}

pub fn refresh(req: &HttpRequest, settings: &Settings) -> Option<String> {
    find(req, settings, "session").filter(|token| is_token(token))
}

/// Both cookies of who is signed in. The one of the access token is gone before the token ends.
pub fn set_session(settings: &Settings, tokens: &Tokens) -> [String; 2] {
    let seconds = tokens.access_seconds.saturating_sub(ACCESS_MARGIN_SECONDS);
    [
        secret(settings, "access", &tokens.access, seconds),
        secret(settings, "session", &tokens.refresh, MONTH_SECONDS),
    ]
}

pub fn forget_session(settings: &Settings) -> [String; 2] {
    [
        secret(settings, "access", "", 0),
        secret(settings, "session", "", 0),
    ]
}

/// The age that the visitor said he has at least.
pub fn age(req: &HttpRequest, settings: &Settings) -> Option<u64> {
    find(req, settings, "age")?.parse().ok()
}

pub fn set_age(settings: &Settings, minimum: u64) -> String {
    secret(settings, "age", &minimum.to_string(), MONTH_SECONDS)
}

/// What the receipt of a withdrawal shows, for as long as it may be reloaded.
pub fn receipt(req: &HttpRequest, settings: &Settings) -> Option<serde_json::Value> {
    let text = find(req, settings, "receipt")?;
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    serde_json::from_slice(&bytes).ok()
}

pub fn set_receipt(settings: &Settings, receipt: &serde_json::Value) -> String {
    let text = URL_SAFE_NO_PAD.encode(receipt.to_string());
    secret(settings, "receipt", &text, HOUR_SECONDS)
}

fn is_token(text: &str) -> bool {
    (1..=TOKEN_CHARS_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn secret(settings: &Settings, name: &str, value: &str, seconds: u32) -> String {
    format!("{}; HttpOnly", cookie(settings, name, value, seconds))
}

fn cookie(settings: &Settings, name: &str, value: &str, seconds: u32) -> String {
    let secure = if settings.is_secure() { "; Secure" } else { "" };
    let name = full_name(settings, name);
    format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{secure}")
}

fn full_name(settings: &Settings, name: &str) -> String {
    if settings.is_secure() {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

fn find(req: &HttpRequest, settings: &Settings, name: &str) -> Option<String> {
    let name = full_name(settings, name);
    let lines = req.headers().get_all("cookie");
    let mut pairs = lines
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::config::Env;

    fn settings(scheme: &str) -> Settings {
        let pairs = [
            ("RABBITMQ_URL", "amqp://u:p@r/v"),
            ("PUBLIC_SCHEME", scheme),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Settings::read(Env::from_values(pairs)).unwrap()
    }

    #[test]
    fn a_siblings_page_cannot_set_a_cookie_of_ours_and_no_script_reads_a_word() {
        let proof = Proof {
            id: CartId::new(),
            word: "abc".to_owned(),
        };
        let [basket, count] = set_basket(&settings("https"), &proof, 2);
        assert!(basket.starts_with("__Host-basket="), "{basket}");
        for needed in ["; Path=/;", "; SameSite=Lax", "; Secure", "; HttpOnly"] {
            assert!(basket.contains(needed), "{basket}");
        }
        assert!(!basket.contains("Domain"));
        assert!(count.starts_with("__Host-basket-count=2;") && !count.contains("HttpOnly"));
        let [plain, _] = set_basket(&settings("http"), &proof, 2);
        assert!(plain.starts_with("basket=") && !plain.contains("Secure"));
    }

    #[test]
    fn an_account_is_in_no_scripts_reach_and_its_access_ends_before_the_token_does() {
        let tokens = Tokens {
            access: "a.b.c".to_owned(),
            access_seconds: 600,
            refresh: "r".to_owned(),
        };
        let [access, session] = set_session(&settings("https"), &tokens);
        assert!(access.starts_with("__Host-access=a.b.c; Path=/; Max-Age=580;"));
        for cookie in [&access, &session] {
            assert!(cookie.contains("; Secure") && cookie.contains("; HttpOnly"));
        }
        for bad in ["", "a b", "a;b", "a\"b", &"x".repeat(TOKEN_CHARS_MAX + 1)] {
            assert!(!is_token(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_no_proof_opens_nothing() {
        let id = CartId::new();
        assert!(Proof::<CartId>::parse(&format!("{id}.word-1_x")).is_some());
        for bad in [
            "",
            ".",
            "x.word",
            &format!("{id}"),
            &format!("{id}."),
            &format!("{id}.a b"),
        ] {
            assert!(Proof::<CartId>::parse(bad).is_none(), "{bad}");
        }
    }
}
