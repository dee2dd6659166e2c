//! Words that prove who may open a cart or an order: random, shown once, kept as a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// 256 bits of randomness as text, and the hash to keep.
pub fn new_token() -> (String, Vec<u8>) {
    let token = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let hash = hash(&token);
    (token, hash)
}

pub fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Whether a word is the one whose hash was kept; absence proves nothing.
pub fn proves(token: Option<&str>, kept: &[u8]) -> bool {
    token.is_some_and(|token| bool::from(hash(token).as_slice().ct_eq(kept)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_itself_proves() {
        let (token, kept) = new_token();
        assert!(proves(Some(&token), &kept));
        assert!(!proves(Some(&format!("{token}x")), &kept));
        assert!(!proves(None, &kept));
        assert!(!proves(Some(""), &[]));
    }
}
