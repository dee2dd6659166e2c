//! What must not lie open in the database: sealed, and worth nothing in any other place.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use kernel::Invalid;
use kernel::config::SealingKey;
use secrecy::ExposeSecret;

const NONCE_BYTES: usize = 12;

/// There is no key, or the library refused.
#[derive(Debug, thiserror::Error)]
#[error("sealing failed")]
pub struct SealingFailed;

/// Seals with the first key of the configuration and opens with any of them, so that keys can be
/// changed while sealed things lie about.
pub struct Sealer {
    keys: Vec<Key>,
}

struct Key {
    /// In front of what it sealed: length and name.
    label: Vec<u8>,
    key: RandomizedNonceKey,
}

impl Sealer {
    /// `purpose` keeps the keys that are derived for it apart from every other use of the same
    /// secrets, such as "tenants: sealed answers".
    ///
    /// # Errors
    /// When a key's id is longer than a label can say.
    pub fn new(purpose: &str, keys: &[SealingKey]) -> Result<Self, Invalid> {
        let keys = keys.iter().map(|key| Key::derive(purpose, key));
        let keys = keys.collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// `place` says where the sealed bytes will lie: a store, a column, a row. Moved elsewhere they
    /// do not open.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, SealingFailed> {
        let first = self.keys.first();
        let Key { label, key } = first.ok_or(SealingFailed)?;
        let mut sealed = plain.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(place), &mut sealed)
            .map_err(|_| SealingFailed)?;
        Ok([label.as_slice(), nonce.as_ref(), &sealed].concat())
    }

    /// Whether another key than the first one sealed it, so that it should be sealed anew.
    pub fn is_old(&self, sealed: &[u8]) -> bool {
        let first = self.keys.first();
        !first.is_some_and(|key| sealed.starts_with(&key.label))
    }

    /// What stands in front of all that the first key sealed.
    pub(crate) fn label(&self) -> Result<&[u8], SealingFailed> {
        let first = self.keys.first().ok_or(SealingFailed)?;
        Ok(&first.label)
    }

    /// Nothing when it was sealed elsewhere, changed since, or sealed with a key that is gone.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let of_label = |key: &&Key| sealed.starts_with(&key.label);
        let Key { label, key } = self.keys.iter().find(of_label)?;
        let (nonce, content) = sealed.get(label.len()..)?.split_at_checked(NONCE_BYTES)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut content = content.to_vec();
        let plain = key
            .open_in_place(nonce, Aad::from(place), &mut content)
            .ok()?;
        Some(plain.to_vec())
    }
}

impl Key {
    fn derive(purpose: &str, configured: &SealingKey) -> Result<Self, Invalid> {
        let length = u8::try_from(configured.kid.len())
            .map_err(|_| Invalid::new("the id of a key has at most 255 bytes"))?;
        let secret = configured.secret.expose_secret().as_bytes();
        let derived = hmac::sign(&hmac::Key::new(HMAC_SHA256, secret), purpose.as_bytes());
        let key = RandomizedNonceKey::new(&AES_256_GCM, derived.as_ref())
            .expect("an HMAC of SHA-256 is as long as a key of AES-256");
        Ok(Self {
            label: [&[length], configured.kid.as_bytes()].concat(),
            key,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kid: &str, secret: &str) -> SealingKey {
        SealingKey {
            kid: kid.to_owned(),
            secret: secret.to_owned().into(),
        }
    }

    #[test]
    fn what_is_sealed_opens_in_its_own_place_only() {
        let sealer = Sealer::new("test", &[key("1", "one")]).unwrap();
        let sealed = sealer.seal("store a/answer", b"the password").unwrap();
        assert_ne!(
            sealed,
            sealer.seal("store a/answer", b"the password").unwrap()
        );
        assert!(!sealed.windows(8).any(|window| window == b"password"));
        assert_eq!(
            sealer.open("store a/answer", &sealed).as_deref(),
            Some(b"the password".as_slice())
        );
        assert_eq!(sealer.open("store b/answer", &sealed), None);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(sealer.open("store a/answer", &changed), None, "byte {at}");
            assert_eq!(sealer.open("store a/answer", &sealed[..at]), None, "{at}");
        }
    }

    #[test]
    fn a_key_can_be_changed_and_its_end_is_the_end_of_what_it_sealed() {
        let before = Sealer::new("test", &[key("1", "one")]).unwrap();
        let after = Sealer::new("test", &[key("2", "two"), key("1", "one")]).unwrap();
        let gone = Sealer::new("test", &[key("2", "two")]).unwrap();
        let sealed = before.seal("place", b"x").unwrap();
        assert_eq!(
            after.open("place", &sealed).as_deref(),
            Some(b"x".as_slice())
        );
        assert_eq!(gone.open("place", &sealed), None);
        assert!(after.is_old(&sealed) && !before.is_old(&sealed));
        let renamed = Sealer::new("test", &[key("1", "two")]).unwrap();
        assert_eq!(renamed.open("place", &sealed), None);
    }
}
