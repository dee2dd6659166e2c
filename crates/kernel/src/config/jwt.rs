//! The keys that sign and verify tokens.

use std::str::FromStr;

use secrecy::SecretString;

use super::Env;
use crate::Invalid;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtAlgorithm {
    Hs256,
    EdDsa,
}

impl FromStr for JwtAlgorithm {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "HS256" => Ok(Self::Hs256),
            "EdDSA" => Ok(Self::EdDsa),
            _ => Err(Invalid::new("HS256 or EdDSA")),
        }
    }
}

/// A signing key, the id under which tokens name it, and the one algorithm it serves.
#[derive(Clone)]
pub struct JwtKey {
    pub kid: String,
    pub algorithm: JwtAlgorithm,
    /// The shared secret (HS256), or the private key as PKCS#8 PEM (EdDSA).
    pub secret: SecretString,
}

#[derive(Clone)]
pub struct Jwt {
    /// The first key signs; all of them verify.
    pub keys: Vec<JwtKey>,
    /// Life of an access token.
    pub expire_minutes: u32,
}

/// Reads the keys and the life of tokens; what is wrong goes to `env`.
pub(super) fn jwt(env: &mut Env) -> Jwt {
    let algorithm = env.parsed_or("JWT_ALGORITHM", JwtAlgorithm::Hs256, "HS256 or EdDSA");
    let mut keys = vec![JwtKey {
        kid: env.text_or("JWT_KEY_ID", "1"),
        algorithm,
        secret: env.required_secret("JWT_SECRET_KEY"),
    }];
    let others: Vec<String> = env.list_or("JWT_PREVIOUS_KEYS", "", OTHER_KEYS);
    for text in others {
        match other_key(&text, algorithm) {
            Some(key) if keys.iter().any(|known| known.kid == key.kid) => {
                env.fault("JWT_PREVIOUS_KEYS and JWT_KEY_ID must not give two keys one kid");
            }
            Some(key) => keys.push(key),
            None => env.fault(format!("JWT_PREVIOUS_KEYS must be {OTHER_KEYS}")),
        }
    }
    Jwt {
        keys,
        expire_minutes: env.parsed_or("JWT_EXPIRE_MINUTES", 1_440, "a number of minutes"),
    }
}

const OTHER_KEYS: &str = "kid:secret pairs split by commas, or kid@HS256:secret and kid@EdDSA:pem where a key's algorithm is not JWT_ALGORITHM";

/// `kid:secret` or `kid@algorithm:secret`.
fn other_key(text: &str, usual: JwtAlgorithm) -> Option<JwtKey> {
    let (name, secret) = text.split_once(':')?;
    let (kid, algorithm) = match name.split_once('@') {
        Some((kid, algorithm)) => (kid, algorithm.parse().ok()?),
        None => (name, usual),
    };
    Some(JwtKey {
        kid: kid.into(),
        algorithm,
        secret: secret.into(),
    })
}
