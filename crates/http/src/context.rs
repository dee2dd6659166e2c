//! What is known of a request once it was admitted.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use actix_web::{HttpMessage, HttpRequest};
use kernel::{CustomerId, RequestId, StaffId};

/// Who is asking, as audit entries and idempotency keys write it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Nobody known. Never equal to an owner: what a guest may reach is proven by a token of its own.
    Guest,
    Customer(CustomerId),
    Staff(StaffId),
    /// One of the platform's own people, wherever they act.
    Sysadmin(StaffId),
    /// An outside system, proven by its signature.
    Webhook,
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest => f.write_str("guest"),
            Self::Customer(id) => write!(f, "customer:{id}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::Sysadmin(id) => write!(f, "sysadmin:{id}"),
            Self::Webhook => f.write_str("webhook"),
        }
    }
}

/// Kept with the request for its inputs.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub request_id: RequestId,
    pub ip: IpAddr,
    pub principal: Principal,
    /// The path's values by name, not decoded.
    pub parameters: Vec<(String, String)>,
}

impl Context {
    pub fn of(req: &HttpRequest) -> Self {
        req.extensions()
            .get::<Self>()
            .cloned()
            .unwrap_or_else(|| Self {
                request_id: RequestId::new(),
                ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
                principal: Principal::Guest,
                parameters: Vec::new(),
            })
    }
}
