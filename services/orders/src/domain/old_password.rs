//! Passwords as WordPress shops kept them: verified once, at the first sign-in here, and replaced.
//!
//! Sources: phpass 0.3 (the portable hash `$P$`); WordPress 6.8, `wp_hash_password` (`$wp$2y$`: bcrypt over
//! the base64 of HMAC-SHA-384 of the password under the key "wp-sha384"). WordPress cuts white space off a
//! password both when it is set and when somebody signs in: the caller does the latter.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha384;
use subtle::ConstantTimeEq;

/// WordPress refuses longer ones: hashing them would be work for nothing.
const PASSWORD_BYTES_MAX: usize = 4_096;
/// phpass counts rounds as a power of two; beyond 2^20 a hash is an attack on the one who verifies.
const ROUNDS_LOG2: std::ops::RangeInclusive<usize> = 7..=20;
/// The same for bcrypt.
const BCRYPT_COST_MAX: u32 = 14;

/// How a password was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `$P$` and `$H$`: salted MD5, many times.
    Portable,
    /// `$wp$2y$`.
    WordPress,
    /// `$2y$` and its like, by plugins.
    Bcrypt,
    /// 32 hexadecimal digits: very old.
    Md5,
}

/// The kind of a hash; nothing for what this module cannot verify.
pub fn kind_of(hash: &str) -> Option<Kind> {
    let is_hex = hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    match hash {
        _ if hash.starts_with("$P$") || hash.starts_with("$H$") => {
            (hash.len() == 34).then_some(Kind::Portable)
        }
        _ if hash.starts_with("$wp$2y$") => Some(Kind::WordPress),
        _ if ["$2y$", "$2a$", "$2b$"]
            .iter()
            .any(|start| hash.starts_with(start)) =>
        {
            Some(Kind::Bcrypt)
        }
        _ if is_hex => Some(Kind::Md5),
        _ => None,
    }
}

/// What it costs to verify a hash: two of the same work take as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// The logarithm of the rounds.
    Portable(usize),
    /// The cost.
    Bcrypt(u32),
}

impl Work {
    /// The work of a hash, of which the beginning is enough; nothing where there is none worth speaking of.
    pub fn of(hash: &str) -> Option<Self> {
        if hash.starts_with("$P$") || hash.starts_with("$H$") {
            let rounds_log2 = ALPHABET.find(hash.chars().nth(3)?)?;
            return ROUNDS_LOG2
                .contains(&rounds_log2)
                .then_some(Self::Portable(rounds_log2));
        }
        let cost = cost_of(hash.strip_prefix("$wp").unwrap_or(hash))?;
        (hash.contains("$2") && cost <= BCRYPT_COST_MAX).then_some(Self::Bcrypt(cost))
    }

    /// A hash of this work that no password is known of.
    fn decoy(self) -> String {
        match self {
            Self::Portable(rounds_log2) => {
                let rounds = ALPHABET.chars().nth(rounds_log2).unwrap_or('B');
                format!("$P${rounds}{}", ".".repeat(30))
            }
            Self::Bcrypt(cost) => format!("$2y${cost:02}${}", ".".repeat(53)),
        }
    }
}

/// What is to be verified where a store's hashes need `works`: one of each work, whoever signs in, so that
/// nobody learns from the time whose hash there is.
fn among<'a>(own: Option<&'a str>, works: &BTreeSet<Work>) -> (Option<&'a str>, Vec<String>) {
    let own = own.filter(|hash| kind_of(hash).is_some());
    let known = own.and_then(Work::of);
    let others = works.iter().filter(|work| Some(**work) != known);
    (own, others.map(|work| work.decoy()).collect())
}

/// Like [`verify`] for whoever has a hash, and as much work for whoever has none.
pub fn verify_among(password: &str, own: Option<&str>, works: &BTreeSet<Work>) -> bool {
    let (own, decoys) = among(own, works);
    for decoy in decoys {
        verify(password, &decoy);
    }
    own.is_some_and(|hash| verify(password, hash))
}

/// Whether `hash` was made of `password`. Takes up to a second of a processor: run it where that
/// hurts nobody.
pub fn verify(password: &str, hash: &str) -> bool {
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    match kind_of(hash) {
        Some(Kind::Portable) => portable(password.as_bytes(), hash)
            .is_some_and(|made| made.as_bytes().ct_eq(hash.as_bytes()).into()),
        Some(Kind::WordPress) => bcrypt(&prehashed(password), hash.get(3..).unwrap_or_default()),
        Some(Kind::Bcrypt) => bcrypt(password, hash),
        Some(Kind::Md5) => {
            let made = Md5::digest(password.as_bytes());
            let made: String = made.iter().map(|byte| format!("{byte:02x}")).collect();
            made.as_bytes()
                .ct_eq(hash.to_ascii_lowercase().as_bytes())
                .into()
        }
        None => false,
    }
}

/// bcrypt reads no more than 72 bytes; the digest is shorter and has all of the password in it.
fn prehashed(password: &str) -> String {
    let mut mac =
        Hmac::<Sha384>::new_from_slice(b"wp-sha384").expect("HMAC takes a key of any length");
    mac.update(password.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn bcrypt(password: &str, hash: &str) -> bool {
    cost_of(hash).is_some_and(|cost| cost <= BCRYPT_COST_MAX)
        && ::bcrypt::verify(password, hash).unwrap_or(false)
}

fn cost_of(hash: &str) -> Option<u32> {
    hash.get(4..6)?.parse().ok()
}

const ALPHABET: &str = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The portable hash with the salt and the rounds of `setting`.
fn portable(password: &[u8], setting: &str) -> Option<String> {
    let start = setting.get(..12)?;
    let rounds_log2 = ALPHABET.find(setting.chars().nth(3)?)?;
    if !ROUNDS_LOG2.contains(&rounds_log2) {
        return None;
    }
    let salt = start.get(4..)?;
    let mut digest = Md5::new()
        .chain_update(salt.as_bytes())
        .chain_update(password)
        .finalize();
    for _ in 0..(1_u32 << rounds_log2) {
        digest = Md5::new()
            .chain_update(digest)
            .chain_update(password)
            .finalize();
    }
    Some(format!("{start}{}", encoded(&digest)))
}

/// phpass's own base 64: six bits at a time, the lowest first.
fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let value = chunk
            .iter()
            .rev()
            .fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        for at in 0..=chunk.len() {
            let six = usize::try_from(value >> (6 * at) & 0x3f).unwrap_or(0);
            text.push_str(ALPHABET.get(six..=six).unwrap_or_default());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Vector {
        password: String,
        hash: String,
        check: bool,
    }

    #[test]
    fn passwords_that_wordpress_hashed_are_known() {
        let vectors = include_str!("../../tests/wordpress-passwords.jsonl");
        for line in vectors.lines() {
            let vector: Vector = serde_json::from_str(line).unwrap();
            assert_eq!(
                verify(&vector.password, &vector.hash),
                vector.check,
                "{line}"
            );
            assert!(!verify("something else", &vector.hash), "{line}");
        }
    }

    #[test]
    fn what_is_no_hash_opens_nothing() {
        assert!(verify("password", "5f4dcc3b5aa765d61d8327deb882cf99"));
        let weak = [
            "",
            "password",
            "$P$",
            "$P$Zabcdefgh1234567890123456789012",
            "$2y$31$abc",
            "$argon2id$v=19",
        ];
        for hash in weak {
            assert!(!verify("password", hash), "{hash}");
            assert!(!verify("", hash), "{hash}");
        }
    }

    #[test]
    fn whoever_signs_in_costs_as_much_as_anybody_else_of_the_store() {
        let vectors = include_str!("../../tests/wordpress-passwords.jsonl");
        let hashes: Vec<String> = vectors
            .lines()
            .map(|line| serde_json::from_str::<Vector>(line).unwrap().hash)
            .collect();
        let works: BTreeSet<Work> = hashes.iter().filter_map(|hash| Work::of(hash)).collect();
        assert_eq!(works.len(), 2, "{works:?}");
        let cost = |own: Option<&str>| {
            let (own, decoys) = among(own, &works);
            let all = own.into_iter().map(str::to_owned).chain(decoys);
            let mut cost: Vec<Work> = all.filter_map(|hash| Work::of(&hash)).collect();
            cost.sort_unstable();
            cost
        };
        let of_a_stranger = cost(None);
        assert_eq!(of_a_stranger.len(), works.len());
        for hash in &hashes {
            assert_eq!(cost(Some(hash)), of_a_stranger, "{hash}");
        }
        // What looks like a hash and is none is verified in no time: it does not stand for one.
        assert_eq!(cost(Some("$P$B")), of_a_stranger);
    }

    #[test]
    fn a_decoy_is_worked_on_like_the_hash_that_it_stands_for() {
        for work in [Work::Portable(7), Work::Bcrypt(4)] {
            let decoy = work.decoy();
            assert_eq!(Work::of(&decoy), Some(work));
            assert!(kind_of(&decoy).is_some() && !verify("password", &decoy));
        }
        let made = portable(b"password", &Work::Portable(7).decoy());
        assert!(made.is_some(), "its salt and rounds are read");
        let decoy = Work::Bcrypt(4).decoy();
        assert_eq!(::bcrypt::verify("password", &decoy).ok(), Some(false));
    }

    #[test]
    fn among_others_the_right_password_is_known_and_no_other() {
        let works: BTreeSet<Work> = [Work::Portable(7), Work::Bcrypt(4)].into();
        let hash = "5f4dcc3b5aa765d61d8327deb882cf99";
        assert!(verify_among("password", Some(hash), &works));
        assert!(!verify_among("passwort", Some(hash), &works));
        assert!(!verify_among("password", None, &works));
    }
}
