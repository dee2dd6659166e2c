//! Whom a route serves. A handler's second argument says it, and nothing else lets a request in.

mod people;
mod shopper;
mod staff;

pub use people::{Public, Sysadmin, Webhook};
pub(crate) use shopper::cart_token;
pub use shopper::{Customer, Shopper};
pub use staff::Staff;

use std::future::Future;

use actix_web::HttpRequest;
use kernel::TenantId;

use crate::ApiError;
use crate::context::Principal;
use crate::gate::Gate;

/// What OpenAPI and the rate limiter know of an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AudienceKind {
    Public,
    Shopper,
    Customer,
    Staff,
    Sysadmin,
    Webhook,
    Internal,
}

impl AudienceKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Shopper => "shopper",
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Sysadmin => "sysadmin",
            Self::Webhook => "webhook",
            Self::Internal => "internal",
        }
    }
}

/// Proof that a request may reach a handler; made from the request before its body is read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no audience: a handler's second argument says whom it serves",
    note = "use Public, Shopper, Customer, Staff<P>, Sysadmin, Webhook or Internal"
)]
pub trait Audience: Sized + 'static {
    const KIND: AudienceKind;

    /// The permission that the role must include.
    const PERMISSION: Option<&'static str> = None;

    fn admit(req: &HttpRequest, gate: &Gate) -> impl Future<Output = Result<Self, ApiError>>;

    fn principal(&self) -> Principal;

    fn tenant_id(&self) -> Option<TenantId>;
}

/// Operators and machines on the service's own port; Traefik never routes these paths.
#[derive(Clone, Copy, Debug)]
pub struct Internal;

impl Audience for Internal {
    const KIND: AudienceKind = AudienceKind::Internal;

    async fn admit(_: &HttpRequest, _: &Gate) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn principal(&self) -> Principal {
        Principal::Guest
    }

    fn tenant_id(&self) -> Option<TenantId> {
        None
    }
}
