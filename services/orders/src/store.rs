//! The orders schema: one function a query.

pub mod carts;
pub mod orders;
pub mod past;
pub mod refunds;
pub mod schema;
pub mod settings;
pub mod stock;
pub mod timeline;
pub mod variants;
