//! Visitors of a store: the store is the host's.

use actix_web::HttpRequest;
use kernel::{CustomerId, SessionId, TenantId};

use super::{Audience, AudienceKind};
use crate::ApiError;
use crate::auth::TokenAudience;
use crate::context::Principal;
use crate::directory::TenantRef;
use crate::gate::{Gate, bearer, host};

/// The header in which a guest's cart is proven, and the cookie that a browser sends instead.
const CART_HEADER: &str = "x-cart-token";
const CART_COOKIE: &str = "__Host-cart";
const CART_TOKEN_CHARS_MAX: usize = 256;

/// A visitor of an open store, signed in or not.
#[derive(Clone, Debug)]
pub struct Shopper {
    pub tenant: TenantRef,
    pub customer: Option<CustomerId>,
    /// The bearer's word for a cart; worth nothing until the store finds the cart it belongs to.
    pub cart_token: Option<String>,
}

impl Audience for Shopper {
    const KIND: AudienceKind = AudienceKind::Shopper;

    async fn admit(req: &HttpRequest, gate: &Gate) -> Result<Self, ApiError> {
        let tenant = gate.directory.open_by_host(host(req)).await?;
        let customer = match bearer(req)? {
            Some(_) => Some(Customer::of_tenant(req, gate, tenant.clone())?.id),
            None => None,
        };
        Ok(Self {
            tenant,
            customer,
            cart_token: cart_token(req),
        })
    }

    fn principal(&self) -> Principal {
        self.customer.map_or(Principal::Guest, Principal::Customer)
    }

    fn tenant_id(&self) -> Option<TenantId> {
        Some(self.tenant.id)
    }
}

/// A signed-in customer of an open store.
#[derive(Clone, Debug)]
pub struct Customer {
    pub tenant: TenantRef,
    pub id: CustomerId,
    pub session: SessionId,
    pub cart_token: Option<String>,
}

impl Customer {
    fn of_tenant(req: &HttpRequest, gate: &Gate, tenant: TenantRef) -> Result<Self, ApiError> {
        let claims = gate.claims(req, TokenAudience::Shopper)?;
        if claims.tenant != tenant.id {
            return Err(ApiError::unauthorized("invalid-token")
                .detail("the token belongs to another store"));
        }
        let (id, session) = (CustomerId::from_uuid(claims.sub), claims.sid);
        Ok(Self {
            tenant,
            id,
            session,
            cart_token: cart_token(req),
        })
    }
}

impl Audience for Customer {
    const KIND: AudienceKind = AudienceKind::Customer;

    async fn admit(req: &HttpRequest, gate: &Gate) -> Result<Self, ApiError> {
        let tenant = gate.directory.open_by_host(host(req)).await?;
        Self::of_tenant(req, gate, tenant)
    }

    fn principal(&self) -> Principal {
        Principal::Customer(self.id)
    }

    fn tenant_id(&self) -> Option<TenantId> {
        Some(self.tenant.id)
    }
}

/// What the bearer has to prove a cart with, if anything.
pub(crate) fn cart_token(req: &HttpRequest) -> Option<String> {
    let header = req
        .headers()
        .get(CART_HEADER)
        .and_then(|value| value.to_str().ok());
    let token = match header {
        Some(token) => token.to_owned(),
        None => cookie(req, CART_COOKIE)?.to_owned(),
    };
    (1..=CART_TOKEN_CHARS_MAX)
        .contains(&token.len())
        .then_some(token)
}

/// A cookie's value as it was sent; ours are URL-safe text.
fn cookie<'a>(req: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let headers = req.headers().get_all("cookie");
    let pairs = headers
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, v)| v)
}
