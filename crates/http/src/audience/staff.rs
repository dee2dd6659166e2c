//! A store's staff, and the platform's people acting in a store.

use std::marker::PhantomData;
use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::Method;
use kernel::{SessionId, Slug, StaffId, TenantId};

use super::{Audience, AudienceKind};
use crate::ApiError;
use crate::auth::{Claims, TokenAudience};
use crate::context::Principal;
use crate::directory::{TenantRef, TenantStatus};
use crate::gate::Gate;
use crate::permissions::{Permission, Role};

/// How a sysadmin names the store to act in. Anybody else's is ignored.
const ACT_IN: &str = "x-tenant";

/// A member of a store's staff whose role includes `P`; the store is the token's.
#[derive(Clone, Debug)]
pub struct Staff<P> {
    pub tenant: TenantRef,
    pub id: StaffId,
    pub session: SessionId,
    pub role: Role,
    /// Where the request came from. Personal data: for the audit trail only.
    pub ip: IpAddr,
    permission: PhantomData<fn() -> P>,
}

impl<P: Permission> Staff<P> {
    /// Whether this is one of the platform's people acting in the store; audit entries say so.
    pub fn is_platform(&self) -> bool {
        self.role.is_platform()
    }
}

impl<P: Permission> Audience for Staff<P> {
    const KIND: AudienceKind = AudienceKind::Staff;
    const PERMISSION: Option<&'static str> = Some(P::NAME);

    async fn admit(req: &HttpRequest, gate: &Gate) -> Result<Self, ApiError> {
        // First of all: it also finds a store whose news have not arrived here yet.
        let of_host = gate.store_at(req).await?;
        let (claims, tenant) = match req.headers().get(ACT_IN) {
            Some(slug) if gate.claims(req, TokenAudience::Staff).is_err() => {
                let claims = gate.claims(req, TokenAudience::Sysadmin)?;
                let slug = slug
                    .to_str()
                    .ok()
                    .and_then(|text| text.parse::<Slug>().ok());
                let slug = slug.ok_or_else(|| {
                    ApiError::not_found("unknown-store").detail("no store has the slug in X-Tenant")
                })?;
                (claims, gate.directory.by_slug(&slug).await?)
            }
            _ => {
                let claims = gate.claims(req, TokenAudience::Staff);
                let claims = claims.map_err(|refusal| store_is_missing(req, gate, refusal))?;
                of_token(claims, gate)?
            }
        };
        if of_host.is_some_and(|of_host| of_host.id != tenant.id) {
            return Err(
                ApiError::forbidden("other-store").detail("the token belongs to another store")
            );
        }
        if !claims.role.is_platform() {
            check_state(tenant.status, req.method())?;
        }
        if !claims.role.may::<P>() {
            return Err(ApiError::forbidden("permission-missing").detail(format!(
                "the role {} does not include {}",
                claims.role,
                P::NAME
            )));
        }
        Ok(Self {
            tenant,
            id: StaffId::from_uuid(claims.sub),
            session: claims.sid,
            role: claims.role,
            ip: gate.client_ip(req),
            permission: PhantomData,
        })
    }

    fn principal(&self) -> Principal {
        if self.is_platform() {
            Principal::Sysadmin(self.id)
        } else {
            Principal::Staff(self.id)
        }
    }

    fn tenant_id(&self) -> Option<TenantId> {
        Some(self.tenant.id)
    }
}

/// The platform's people are told what their request lacks; to everybody else the refusal is what it was.
fn store_is_missing(req: &HttpRequest, gate: &Gate, refusal: ApiError) -> ApiError {
    match gate.claims(req, TokenAudience::Sysadmin) {
        Ok(_) => refusal.detail("name the store to act in: send X-Tenant with its slug"),
        Err(_) => refusal,
    }
}

/// A suspended store can be looked at by its people, not changed; a closed one is gone for them too.
fn check_state(status: TenantStatus, method: &Method) -> Result<(), ApiError> {
    let looks = method == Method::GET || method == Method::HEAD;
    match status {
        TenantStatus::Active => Ok(()),
        TenantStatus::Suspended if looks => Ok(()),
        TenantStatus::Suspended => Err(ApiError::forbidden("store-suspended")
            .detail("the store can be read, and changed again when the platform resumes it")),
        TenantStatus::Archived | TenantStatus::Deleted => Err(ApiError::gone("store-closed")),
    }
}

/// The store that a token was issued for. One that is not known here was made a moment ago, and its
/// news is on the way: worth asking again, not a reason to sign in anew.
fn of_token(claims: Claims, gate: &Gate) -> Result<(Claims, TenantRef), ApiError> {
    if !claims.role.is_staff() {
        return Err(ApiError::unauthorized("invalid-token").detail("the token is not a store's"));
    }
    match gate.directory.by_id(claims.tenant) {
        Some(tenant) => Ok((claims, tenant)),
        None => Err(ApiError::unavailable("store-not-here-yet").retry_after(1)),
    }
}
