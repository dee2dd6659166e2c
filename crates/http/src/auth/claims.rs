use kernel::{SessionId, TenantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::permissions::Role;

/// Whom a token serves. Tokens of one audience are never accepted for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenAudience {
    #[serde(rename = "stores:shopper")]
    Shopper,
    #[serde(rename = "stores:staff")]
    Staff,
    #[serde(rename = "stores:sysadmin")]
    Sysadmin,
}

/// What a token says. Every claim is required and has exactly this JSON type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The customer, staff member or sysadmin.
    pub sub: Uuid,
    pub sid: SessionId,
    /// [`TenantId::PLATFORM`] for sysadmins.
    pub tenant: TenantId,
    pub role: Role,
    /// Grows when what the person may do changes; older tokens are refused then.
    pub perms_version: i64,
    pub aud: TokenAudience,
    pub iss: String,
    /// Unix seconds.
    pub iat: i64,
    /// Unix seconds.
    pub exp: i64,
}
