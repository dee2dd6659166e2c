//! Invoicing: every paid order gets its fiscal document, once, whatever fails.

pub mod app;
pub mod invariants;
pub mod routes;

pub use app::{App, MIGRATIONS, build};
