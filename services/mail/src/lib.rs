//! Mail: what the platform writes to shoppers and merchants, and the webhooks it sends them.

pub mod app;
pub mod invariants;
pub mod routes;

pub use app::{App, MIGRATIONS, build};
