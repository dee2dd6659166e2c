//! Ids: a type each, UUID version 7 underneath (RFC 9562), so that keys sort by creation time.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::Invalid;

/// Makes an id type over a UUIDv7.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A new id; ids made later sort after this one.
            #[expect(clippy::new_without_default, reason = "a default id would be a random one")]
            pub fn new() -> Self {
                Self(uuid::Uuid::now_v7())
            }

            pub const fn from_uuid(id: uuid::Uuid) -> Self {
                Self(id)
            }

            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                uuid::Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| $crate::Invalid::new("an id is a UUID such as 0192f0c1-7c1e-7cc3-9f5e-2f6d1c1b0a01"))
            }
        }
    };
}

id!(
    /// A store and everything that belongs to it.
    TenantId
);
id!(StaffId);
id!(
    /// A host of a store's own.
    DomainId
);
id!(CustomerId);
id!(SessionId);
id!(ProductId);
id!(VariantId);
id!(CategoryId);
id!(MediaId);
id!(CartId);
id!(LineId);
id!(OrderId);
id!(PaymentId);
id!(RefundId);
id!(
    /// One event of the outbox; consumers use it to tell a repeat from news.
    EventId
);

impl TenantId {
    /// The owner of what belongs to the platform itself: sysadmin accounts and their sessions.
    /// No store ever has this id, so every table can have a tenant.
    pub const PLATFORM: Self = Self::from_uuid(Uuid::nil());
}

/// The id under which one HTTP request appears in answers, logs and traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    #[expect(
        clippy::new_without_default,
        reason = "a default id would be a random one"
    )]
    pub fn new() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = Invalid;

    /// Accepts what a proxy may send: 8 to 64 characters of `A-Z a-z 0-9 - _`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (8..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "a request id is 8 to 64 letters, digits, - or _",
            ))
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
