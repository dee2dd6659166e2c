use jsonwebtoken::{EncodingKey, Header};
use kernel::config::Config;
use kernel::{Clock, Invalid, SessionId, TenantId};
use uuid::Uuid;

use super::{Claims, TOKEN_TYPE, TokenAudience, keys};
use crate::permissions::Role;

/// For whom a token is issued.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    pub id: Uuid,
    pub session: SessionId,
    pub tenant: TenantId,
    pub role: Role,
    pub perms_version: i64,
    pub audience: TokenAudience,
}

/// A signed token and when it ends.
#[derive(Clone)]
pub struct IssuedToken {
    pub token: String,
    /// Unix seconds.
    pub expires_at: i64,
}

/// Signs access tokens with the first key of the configuration.
#[derive(Clone)]
pub struct TokenIssuer {
    key: EncodingKey,
    header: Header,
    issuer: String,
    life_s: i64,
    clock: Clock,
}

impl TokenIssuer {
    pub fn new(config: &Config, clock: Clock) -> Result<Self, Invalid> {
        let first = config
            .jwt
            .keys
            .first()
            .ok_or_else(|| Invalid::new("a JWT key is needed"))?;
        let header = Header {
            typ: Some(TOKEN_TYPE.to_owned()),
            kid: Some(first.kid.clone()),
            ..Header::new(keys::algorithm(first.algorithm))
        };
        Ok(Self {
            key: keys::signing(first)?,
            header,
            issuer: config.public_origin(None),
            life_s: i64::from(config.jwt.expire_minutes) * 60,
            clock,
        })
    }

    /// A token of the configured life (`JWT_EXPIRE_MINUTES`).
    pub fn issue(&self, subject: &Subject) -> IssuedToken {
        let now = self.clock.unix();
        let claims = Claims {
            sub: subject.id,
            sid: subject.session,
            tenant: subject.tenant,
            role: subject.role,
            perms_version: subject.perms_version,
            aud: subject.audience,
            iss: self.issuer.clone(),
            iat: now,
            exp: now + self.life_s,
        };
        let token = jsonwebtoken::encode(&self.header, &claims, &self.key)
            .expect("the claims are plain data and the key was checked at start");
        IssuedToken {
            token,
            expires_at: claims.exp,
        }
    }
}
