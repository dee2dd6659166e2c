//! The keys that seal secrets at rest.

use secrecy::SecretString;

use super::{Env, Jwt};

/// A key that seals, and the id under which sealed things name it.
#[derive(Clone)]
pub struct SealingKey {
    pub kid: String,
    pub secret: SecretString,
}

const KEYS: &str = "kid:secret pairs split by commas, the first one seals";

/// `SEALING_KEYS`, or else the keys of tokens; what is wrong goes to `env`.
pub(super) fn sealing_keys(env: &mut Env, jwt: &Jwt) -> Vec<SealingKey> {
    let given: Vec<String> = match env.secret("SEALING_KEYS") {
        None => Vec::new(),
        Some(text) => secrecy::ExposeSecret::expose_secret(&text)
            .split(',')
            .map(|pair| pair.trim().to_owned())
            .collect(),
    };
    if given.is_empty() {
        let keys = jwt.keys.iter();
        return keys
            .map(|key| SealingKey {
                kid: key.kid.clone(),
                secret: key.secret.clone(),
            })
            .collect();
    }
    let mut keys: Vec<SealingKey> = Vec::new();
    for pair in given {
        match pair.split_once(':') {
            Some((kid, secret)) if !kid.is_empty() && !secret.is_empty() => {
                if kid.len() > 255 || keys.iter().any(|known| known.kid == kid) {
                    env.fault("SEALING_KEYS must give each key a kid of its own, up to 255 bytes");
                }
                keys.push(SealingKey {
                    kid: kid.to_owned(),
                    secret: secret.to_owned().into(),
                });
            }
            _ => env.fault(format!("SEALING_KEYS must be {KEYS}")),
        }
    }
    keys
}
