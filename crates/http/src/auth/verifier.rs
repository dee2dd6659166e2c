use std::collections::HashMap;

use jsonwebtoken::{DecodingKey, Validation};
use kernel::config::Config;
use kernel::{Clock, Invalid};

use super::{Claims, TOKEN_BYTES_MAX, TOKEN_TYPE, TokenAudience, keys};

/// Clocks of our machines may differ by this much when a token says when it was issued.
const LEEWAY_S: i64 = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is not one of ours")]
    Forged,
    #[error("the token has expired")]
    Expired,
    #[error("the token serves another audience")]
    WrongAudience,
}

/// Believes tokens of the configured algorithm and keys only.
pub struct TokenVerifier {
    keys: HashMap<String, DecodingKey>,
    validation: Validation,
    issuer: String,
    clock: Clock,
}

impl TokenVerifier {
    pub fn new(config: &Config, clock: Clock) -> Result<Self, Invalid> {
        let algorithm = config.jwt.algorithm;
        let pairs = config.jwt.keys.iter();
        let keys = pairs.map(|key| Ok((key.kid.clone(), keys::verifying(algorithm, key)?)));
        let mut validation = Validation::new(keys::algorithm(algorithm));
        // The types of `Claims` require every claim, and the times are compared with our clock
        // below, so that a test can move it and no wrongly typed `exp` is ever skipped.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Ok(Self {
            keys: keys.collect::<Result<_, Invalid>>()?,
            validation,
            issuer: config.public_origin(None),
            clock,
        })
    }

    /// What the token says, if it is ours, in force, and for this audience.
    pub fn verify(&self, token: &str, audience: TokenAudience) -> Result<Claims, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::Forged);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Forged)?;
        let brings_a_key = header.jku.is_some()
            || header.jwk.is_some()
            || header.x5u.is_some()
            || header.x5c.is_some()
            || header.x5t.is_some()
            || header.x5t_s256.is_some();
        if brings_a_key || header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(TokenError::Forged);
        }
        let key = header
            .kid
            .and_then(|kid| self.keys.get(&kid))
            .ok_or(TokenError::Forged)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.validation)
            .map_err(|_| TokenError::Forged)?
            .claims;
        let now = self.clock.unix();
        if claims.iss != self.issuer || claims.iat > now + LEEWAY_S || claims.exp <= claims.iat {
            return Err(TokenError::Forged);
        }
        if claims.exp <= now {
            return Err(TokenError::Expired);
        }
        if claims.aud != audience {
            return Err(TokenError::WrongAudience);
        }
        Ok(claims)
    }
}
