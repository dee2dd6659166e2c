//! The services' public APIs, asked as any client would ask them.

mod client;
mod fault;

pub use client::{Api, Ask, Caller};
pub use fault::{Fault, FieldFault, Problem};

/// A service whose `store` routes pages are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upstream {
    Tenants,
    Catalog,
    Orders,
    Payments,
    Invoicing,
}

impl Upstream {
    pub const ALL: [Self; 5] = [
        Self::Tenants,
        Self::Catalog,
        Self::Orders,
        Self::Payments,
        Self::Invoicing,
    ];

    /// What its variables begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Tenants => "TENANTS",
            Self::Catalog => "CATALOG",
            Self::Orders => "ORDERS",
            Self::Payments => "PAYMENTS",
            Self::Invoicing => "INVOICING",
        }
    }

    pub const fn default_port(self) -> u16 {
        match self {
            Self::Tenants => 8001,
            Self::Catalog => 8002,
            Self::Orders => 8003,
            Self::Payments => 8004,
            Self::Invoicing => 8005,
        }
    }

    pub fn index(self) -> usize {
        Self::ALL
            .iter()
            .position(|each| *each == self)
            .unwrap_or_default()
    }
}
