//! Random secrets: what a person carries, and what we keep of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::TenantId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Random bytes of a secret (256 bits).
const SECRET_BYTES: usize = 32;
const TENANT_BYTES: usize = 16;
/// Letters and digits that nobody confuses when reading them from a screen.
const LEGIBLE: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 20 of 55 characters are 115 bits.
const TEMPORARY_PASSWORD_CHARS: usize = 20;

/// An opaque token: 256 random bits, with the tenant in front so that it is looked up in that
/// tenant's scope only. The tenant is no secret, and a changed one finds nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpaqueToken {
    pub tenant: TenantId,
    secret: [u8; SECRET_BYTES],
}

impl OpaqueToken {
    pub fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            secret: random(),
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tenant, secret) = bytes.split_at_checked(TENANT_BYTES)?;
        Some(Self {
            tenant: TenantId::from_uuid(Uuid::from_slice(tenant).ok()?),
            secret: secret.try_into().ok()?,
        })
    }

    /// What goes to its owner.
    pub fn text(&self) -> String {
        let mut bytes = self.tenant.uuid().as_bytes().to_vec();
        bytes.extend_from_slice(&self.secret);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What we keep. A plain hash is enough for 256 random bits.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.secret).to_vec()
    }
}

/// A password to be read once and changed at once.
pub fn temporary_password() -> String {
    let mut password = String::with_capacity(TEMPORARY_PASSWORD_CHARS);
    while password.len() < TEMPORARY_PASSWORD_CHARS {
        // Numbers of an incomplete last round are dropped: every character is equally likely.
        let fair = 256 - 256 % LEGIBLE.len();
        let numbers = random::<SECRET_BYTES>().into_iter().map(usize::from);
        let room = TEMPORARY_PASSWORD_CHARS - password.len();
        let chars = numbers.filter(|number| *number < fair);
        let chars = chars.filter_map(|number| LEGIBLE.get(number % LEGIBLE.len()));
        password.extend(chars.take(room).map(|byte| char::from(*byte)));
    }
    password
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_nothing_else_is() {
        let token = OpaqueToken::new(TenantId::new());
        assert_eq!(OpaqueToken::parse(&token.text()), Some(token.clone()));
        assert_ne!(OpaqueToken::new(token.tenant).hash(), token.hash());
        let text = token.text();
        for bad in ["", "x", &text[1..], &format!("{text}AAAA"), "a.b.c"] {
            assert_eq!(OpaqueToken::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn temporary_passwords_are_legible_and_never_the_same() {
        let password = temporary_password();
        assert_eq!(password.len(), TEMPORARY_PASSWORD_CHARS);
        assert!(password.bytes().all(|byte| LEGIBLE.contains(&byte)));
        assert_ne!(password, temporary_password());
    }
}
