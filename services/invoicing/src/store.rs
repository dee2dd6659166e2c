//! The invoicing schema: one function a query.

pub mod checks;
pub mod connections;
pub mod documents;
pub mod leases;
pub mod orders;
pub mod queue;
pub mod schema;
pub mod settings;
