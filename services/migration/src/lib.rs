//! Migration: shops that come from elsewhere, page by page, as often as wanted.

pub mod app;
pub mod invariants;
pub mod routes;

pub use app::{App, MIGRATIONS, build};
