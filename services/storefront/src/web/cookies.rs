//! What a browser keeps for a visitor: the word for his basket and for his last order.
//!
//! Stores are siblings under one domain, so a name begins with `__Host-`: no other store can set it.
//! That needs https; on a developer's machine the plain name stands in.

use actix_web::HttpRequest;
use kernel::{CartId, OrderId};

use crate::config::Settings;

const MONTH_SECONDS: u32 = 30 * 24 * 3_600;
const WORD_CHARS_MAX: usize = 256;

/// A thing that only the bearer of its word may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof<I> {
    pub id: I,
    pub word: String,
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
