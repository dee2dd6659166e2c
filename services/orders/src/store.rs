//! The orders schema: one function a query.

pub mod accounts;
pub mod addresses;
pub mod carts;
pub mod challenges;
pub mod customer_sessions;
pub mod erasure;
pub mod orders;
pub mod past;
pub mod refunds;
pub mod schema;
pub mod settings;
pub mod stock;
pub mod timeline;
pub mod variants;
pub mod withdrawals;
