//! Keys as the configuration has them, made ready for use once.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use kernel::Invalid;
use kernel::config::{JwtAlgorithm, JwtKey};
use secrecy::{ExposeSecret, SecretString};

pub(super) const fn algorithm(configured: JwtAlgorithm) -> Algorithm {
    match configured {
        JwtAlgorithm::Hs256 => Algorithm::HS256,
        JwtAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}

pub(super) fn signing(key: &JwtKey) -> Result<EncodingKey, Invalid> {
    match key.algorithm {
        JwtAlgorithm::Hs256 => Ok(EncodingKey::from_secret(
            key.secret.expose_secret().as_bytes(),
        )),
        JwtAlgorithm::EdDsa => Ok(EncodingKey::from_ed_der(&pkcs8(&key.secret)?)),
    }
}

pub(super) fn verifying(key: &JwtKey) -> Result<DecodingKey, Invalid> {
    match key.algorithm {
        JwtAlgorithm::Hs256 => Ok(DecodingKey::from_secret(
            key.secret.expose_secret().as_bytes(),
        )),
        JwtAlgorithm::EdDsa => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8(&key.secret)?)
                .map_err(|_| not_a_key())?;
            Ok(DecodingKey::from_ed_der(pair.public_key().as_ref()))
        }
    }
}

/// The DER inside a PEM's frame. Variables often carry line ends as `\n`.
fn pkcs8(pem: &SecretString) -> Result<Vec<u8>, Invalid> {
    let text = pem.expose_secret().replace("\\n", "\n");
    let body: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    STANDARD.decode(body.trim()).map_err(|_| not_a_key())
}

fn not_a_key() -> Invalid {
    Invalid::new("a key for EdDSA is an Ed25519 private key as PKCS#8 PEM")
}
