//! Whom identity serves: those who are not signed in yet, and everybody who is.

use actix_web::HttpRequest;
use http_kit::auth::{Claims, TokenAudience};
use http_kit::{ApiError, Audience, AudienceKind, Gate, Principal};
use kernel::{SessionId, StaffId, TenantId};

/// Whoever wants to come in, and the store at whose door they stand: the host's, if it is one's.
#[derive(Clone, Copy, Debug)]
pub struct Entrance {
    pub of_host: Option<TenantId>,
}

impl Audience for Entrance {
    const KIND: AudienceKind = AudienceKind::Public;

    async fn admit(req: &HttpRequest, gate: &Gate) -> Result<Self, ApiError> {
        let of_host = gate.store_at(req).await?.map(|tenant| tenant.id);
        Ok(Self { of_host })
    }

    fn principal(&self) -> Principal {
        Principal::Guest
    }

    fn tenant_id(&self) -> Option<TenantId> {
        self.of_host
    }
}

impl Entrance {
    /// A token of one store is worth nothing at another's door, and a store's none at the platform's
    /// except at a host that belongs to no store, where staff may also sign in by slug.
    pub fn lets_in(self, tenant: TenantId) -> bool {
        self.of_host.is_none_or(|of_host| of_host == tenant)
    }
}

/// A signed-in member of a store's staff or of the platform's people, about themselves.
#[derive(Clone, Debug)]
pub struct Person {
    pub claims: Claims,
    pub id: StaffId,
    pub session: SessionId,
    pub tenant: TenantId,
}

impl Audience for Person {
    const KIND: AudienceKind = AudienceKind::Staff;

    async fn admit(req: &HttpRequest, gate: &Gate) -> Result<Self, ApiError> {
        let entrance = Entrance::admit(req, gate).await?;
        let claims = gate.claims(req, TokenAudience::Staff).or_else(|refusal| {
            gate.claims(req, TokenAudience::Sysadmin)
                .map_err(|_| refusal)
        })?;
        if !entrance.lets_in(claims.tenant) {
            return Err(ApiError::forbidden("other-store").detail("the token belongs elsewhere"));
        }
        Ok(Self {
            id: StaffId::from_uuid(claims.sub),
            session: claims.sid,
            tenant: claims.tenant,
            claims,
        })
    }

    fn principal(&self) -> Principal {
        if self.tenant == TenantId::PLATFORM {
            Principal::Sysadmin(self.id)
        } else {
            Principal::Staff(self.id)
        }
    }

    fn tenant_id(&self) -> Option<TenantId> {
        Some(self.tenant)
    }
}
