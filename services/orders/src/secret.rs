//! Words that prove who may open a cart or an order: 256 bits, and only their hash is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::ticket::TicketKey;
use kernel::{OrderId, TenantId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The word that opens an order. Mails tell it long after checkout, so it is made anew from the
/// platform's key each time it is told.
pub fn order_token(key: &TicketKey, tenant: TenantId, order: OrderId) -> String {
    let mut subject = tenant.uuid().into_bytes().to_vec();
    subject.extend(order.uuid().as_bytes());
    key.word("order", &subject)
}

/// A random word for a cart, and the hash to keep.
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
