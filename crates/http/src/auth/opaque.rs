//! Random secrets that a person carries, and what we keep of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::TenantId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Random bytes of a secret (256 bits).
const SECRET_BYTES: usize = 32;
const TENANT_BYTES: usize = 16;

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
            secret: random_bytes(),
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

/// From the operating system.
pub fn random_bytes<const N: usize>() -> [u8; N] {
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
}
