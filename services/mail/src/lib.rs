//! Mail: what the platform writes to shoppers and merchants, and the webhooks it sends them.
//!
//! A mail leaves once. Its row is written with the fact that it tells of, says `sending` before anybody
//! is called, and when nobody knows what became of the call it waits for the provider's own word before
//! it is sent one more time at most. Whom it went to and what it said lies sealed.

pub mod app;
pub mod clients;
pub mod compose;
pub mod domain;
pub mod events;
pub mod invariants;
pub mod jobs;
pub mod look;
pub mod meter;
pub mod render;
pub mod routes;
pub mod sealed;
pub mod store;
pub mod vault;

pub use app::{App, MIGRATIONS, build};
pub use sealed::SEALED;
