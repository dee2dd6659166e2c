use std::collections::HashMap;

use jsonwebtoken::{DecodingKey, Header, Validation};
use kernel::config::{Config, JwtKey};
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

/// Believes tokens of the configured keys only, each with its own algorithm.
pub struct TokenVerifier {
    keys: HashMap<String, Key>,
    issuer: String,
    clock: Clock,
}

struct Key {
    key: DecodingKey,
    validation: Validation,
}

impl Key {
    fn of(configured: &JwtKey) -> Result<Self, Invalid> {
        let mut validation = Validation::new(keys::algorithm(configured.algorithm));
        // The types of `Claims` require every claim, and the times are compared with our clock
        // below, so that a test can move it and no wrongly typed `exp` is ever skipped.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Ok(Self {
            key: keys::verifying(configured)?,
            validation,
        })
    }
}

impl TokenVerifier {
    pub fn new(config: &Config, clock: Clock) -> Result<Self, Invalid> {
        let keys = config.jwt.keys.iter();
        let keys = keys.map(|key| Ok((key.kid.clone(), Key::of(key)?)));
        Ok(Self {
            keys: keys.collect::<Result<_, Invalid>>()?,
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
        // Ours say their type, their key and its algorithm. One that says more (a key that it brings,
        // an address of one, an extension that must be understood) is not ours.
        let ours = Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            kid: header.kid.clone(),
            ..Header::new(header.alg)
        };
        if header != ours {
            return Err(TokenError::Forged);
        }
        let Key { key, validation } = header
            .kid
            .and_then(|kid| self.keys.get(&kid))
            .ok_or(TokenError::Forged)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, validation)
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
