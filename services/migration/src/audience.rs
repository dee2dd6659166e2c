//! Who may begin an import: a store's owner for the own store, and a sysadmin for the store that the
//! request names.

use std::net::IpAddr;

use actix_web::HttpRequest;
use http_kit::permissions::CanManageImports;
use http_kit::{
    ApiError, Audience, AudienceKind, Gate, Permission, Principal, Staff, Sysadmin, TenantRef,
};
use kernel::TenantId;

/// How a sysadmin names a store in any other request.
const ACT_IN: &str = "x-tenant";

/// Somebody who may import.
#[derive(Clone, Debug)]
pub enum Importer {
    /// Into the token's store, or the one that a sysadmin named in the header.
    Staff(Staff<CanManageImports>),
    /// Into the store that the body names.
    Sysadmin {
        who: Sysadmin,
        /// For the audit trail only.
        ip: IpAddr,
    },
}

impl Importer {
    /// The store that the request itself belongs to.
    pub fn tenant(&self) -> Option<&TenantRef> {
        match self {
            Self::Staff(staff) => Some(&staff.tenant),
            Self::Sysadmin { .. } => None,
        }
    }
}

impl Audience for Importer {
    const KIND: AudienceKind = AudienceKind::Staff;
    const PERMISSION: Option<&'static str> = Some(CanManageImports::NAME);

    async fn admit(req: &HttpRequest, gate: &Gate) -> Result<Self, ApiError> {
        if !req.headers().contains_key(ACT_IN)
            && let Ok(who) = Sysadmin::admit(req, gate).await
        {
            let ip = gate.client_ip(req);
            return Ok(Self::Sysadmin { who, ip });
        }
        Staff::admit(req, gate).await.map(Self::Staff)
    }

    fn principal(&self) -> Principal {
        match self {
            Self::Staff(staff) => staff.principal(),
            Self::Sysadmin { who, .. } => who.principal(),
        }
    }

    fn tenant_id(&self) -> Option<TenantId> {
        self.tenant().map(|tenant| tenant.id)
    }
}
