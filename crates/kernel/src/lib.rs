//! The words of commerce that every service speaks: money, ids, codes, time and configuration.
//!
//! Nothing here knows of a database, a broker or HTTP. A value of one of these types is valid by
//! construction: serde builds them, so a handler never sees an amount without a currency, an
//! address without an `@` or a tax number with a wrong check digit.

pub mod charge;
pub mod clock;
pub mod codes;
pub mod config;
pub mod contact;
pub mod ids;
pub mod lang;
pub mod lisbon;
pub mod money;
pub mod tax_id;
pub mod ticket;

pub use clock::Clock;
pub use codes::{Country, Currency, Gtin, Locale, Quantity, Sku, Slug};
pub use config::Config;
pub use contact::{Email, Phone, Postcode};
pub use ids::{
    CartId, CategoryId, CustomerId, DomainId, EventId, LineId, MediaId, OrderId, PaymentId,
    ProductId, RefundId, RequestId, SessionId, StaffId, TenantId, VariantId,
};
pub use lang::Lang;
pub use money::{Money, MoneyError};
pub use tax_id::TaxId;

/// Why a text was refused as a value of one of the kernel's types.
///
/// The message says what would be accepted and is fit for a client's eyes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

impl Invalid {
    pub fn new(accepted: impl Into<String>) -> Self {
        Self(accepted.into())
    }
}

/// Makes a checked text type: `TryFrom<String>`, `FromStr`, `Display`, serde and an OpenAPI schema.
#[macro_export]
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $example:literal, $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, example = $example)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::Invalid;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                let parse: fn(String) -> Result<String, $crate::Invalid> = $parse;
                parse(text).map(Self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
