//! What decides whether a request comes in: stores, tokens, ended sessions and rates.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HOST};
use kernel::config::Config;
use kernel::{Clock, Invalid};

use crate::ApiError;
use crate::auth::{Claims, TokenAudience, TokenVerifier};
use crate::client_ip::TrustedProxies;
use crate::directory::{TenantDirectory, TenantRef};
use crate::rate::RateLimiter;
use crate::sessions::Sessions;
use crate::turns::Turns;

/// One service's gate. Clones share everything.
#[derive(Clone)]
pub struct Gate(Arc<Parts>);

pub struct Parts {
    pub directory: TenantDirectory,
    pub sessions: Sessions,
    pub tokens: TokenVerifier,
    pub rates: RateLimiter,
    pub proxies: TrustedProxies,
    /// `scheme://BASE_DOMAIN[:port]`, the origin of the platform's own pages.
    pub platform_origin: String,
    /// `scheme://admin.BASE_DOMAIN[:port]`.
    pub admin_origin: String,
    pub public_scheme: String,
    /// `:8080` unless the port is the scheme's own.
    pub public_port_suffix: String,
    pub turns: Turns,
    pub clock: Clock,
}

impl std::ops::Deref for Gate {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Gate {
    pub fn new(
        config: &Config,
        clock: Clock,
        directory: TenantDirectory,
        sessions: Sessions,
        rates: RateLimiter,
    ) -> Result<Self, Invalid> {
        let platform_origin = config.public_origin(None);
        let host = format!("{}://{}", config.public_scheme, config.base_domain);
        let public_port_suffix = platform_origin.strip_prefix(&host).unwrap_or("").to_owned();
        Ok(Self(Arc::new(Parts {
            directory,
            sessions,
            tokens: TokenVerifier::new(config, clock.clone())?,
            rates,
            proxies: TrustedProxies::parse(&config.trusted_proxies)?,
            admin_origin: config.public_origin(Some("admin")),
            platform_origin,
            public_scheme: config.public_scheme.clone(),
            public_port_suffix,
            turns: Turns::default(),
            clock,
        })))
    }

    /// The client's address: the peer's, or what a trusted proxy says.
    pub fn client_ip(&self, req: &HttpRequest) -> IpAddr {
        let unknown = IpAddr::from(Ipv4Addr::UNSPECIFIED);
        let peer = req.peer_addr().map_or(unknown, |peer| peer.ip());
        self.proxies.client(peer, req.headers())
    }

    /// The store of the host that the client asked for, whatever its state; nothing when the host is
    /// none's. Not being able to look is no answer.
    pub async fn store_at(&self, req: &HttpRequest) -> Result<Option<TenantRef>, ApiError> {
        match self.directory.by_host(host(req)).await {
            Ok(tenant) => Ok(Some(tenant)),
            Err(error) if error.status() == StatusCode::NOT_FOUND => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The claims of the request's token; 401 when there is none, or none that counts.
    pub fn claims(&self, req: &HttpRequest, audience: TokenAudience) -> Result<Claims, ApiError> {
        let token = bearer(req)?.ok_or_else(|| {
            ApiError::unauthorized("token-required").detail("send Authorization: Bearer <token>")
        })?;
        let claims = self
            .tokens
            .verify(token, audience)
            .map_err(|error| ApiError::unauthorized("invalid-token").detail(error.to_string()))?;
        if self.sessions.allows(&claims) {
            Ok(claims)
        } else {
            Err(ApiError::unauthorized("session-ended").detail("sign in again"))
        }
    }
}

/// The token of `Authorization: Bearer`, if the header is there.
pub(crate) fn bearer(req: &HttpRequest) -> Result<Option<&str>, ApiError> {
    let Some(value) = req.headers().get(AUTHORIZATION) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or("");
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => {
            Err(ApiError::unauthorized("invalid-token")
                .detail("send Authorization: Bearer <token>"))
        }
    }
}

/// The host the client asked for, as written.
pub(crate) fn host(req: &HttpRequest) -> &str {
    let header = req
        .headers()
        .get(HOST)
        .and_then(|value| value.to_str().ok());
    header.or_else(|| req.uri().host()).unwrap_or("")
}
