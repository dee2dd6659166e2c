//! Audiences without a store: everybody, the platform's people, and outside systems.

use std::net::IpAddr;

use actix_web::HttpRequest;
use kernel::{SessionId, StaffId, TenantId};

use super::{Audience, AudienceKind};
use crate::ApiError;
use crate::auth::TokenAudience;
use crate::context::Principal;
use crate::gate::Gate;
use crate::permissions::Role;

/// Anybody, about the platform as a whole; no store is involved.
#[derive(Clone, Copy, Debug)]
pub struct Public;

impl Audience for Public {
    const KIND: AudienceKind = AudienceKind::Public;

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

/// An outside system; the handler proves it by the signature over [`RawBody`](crate::RawBody).
#[derive(Clone, Copy, Debug)]
pub struct Webhook;

impl Audience for Webhook {
    const KIND: AudienceKind = AudienceKind::Webhook;

    async fn admit(_: &HttpRequest, _: &Gate) -> Result<Self, ApiError> {
        Ok(Self)
    }

    fn principal(&self) -> Principal {
        Principal::Webhook
    }

    fn tenant_id(&self) -> Option<TenantId> {
        None
    }
}

/// One of the platform's own people with the role sysadmin. On a store's host these routes do not exist.
#[derive(Clone, Copy, Debug)]
pub struct Sysadmin {
    pub id: StaffId,
    pub session: SessionId,
    /// Where the request came from. Personal data: for the audit trail only.
    pub ip: IpAddr,
}

impl Audience for Sysadmin {
    const KIND: AudienceKind = AudienceKind::Sysadmin;

    async fn admit(req: &HttpRequest, gate: &Gate) -> Result<Self, ApiError> {
        if gate.store_at(req).await?.is_some() {
            return Err(ApiError::unknown_route());
        }
        let claims = gate.claims(req, TokenAudience::Sysadmin)?;
        if claims.role != Role::Sysadmin || claims.tenant != TenantId::PLATFORM {
            return Err(ApiError::forbidden("permission-missing").detail("sysadmins only"));
        }
        Ok(Self {
            id: StaffId::from_uuid(claims.sub),
            session: claims.sid,
            ip: gate.client_ip(req),
        })
    }

    fn principal(&self) -> Principal {
        Principal::Sysadmin(self.id)
    }

    fn tenant_id(&self) -> Option<TenantId> {
        None
    }
}
