//! Tenants: stores and their hosts, plans and entitlements, staff and sysadmins, sessions and the
//! store's public configuration.
//!
//! Everything other services know of a store goes out in one event, `TenantChanged`; a sign-in
//! answers with a token that every service verifies by itself.

pub mod app;
pub mod clients;
pub mod deeds;
pub mod domain;
pub mod domains;
pub mod door;
pub mod events;
pub mod identity;
pub mod invariants;
pub mod jobs;
pub mod looks;
pub mod operator;
pub mod previews;
pub mod provision;
pub mod routes;
pub mod sealed;
pub mod seed;
pub mod store;
pub mod tell;

pub use app::{App, MIGRATIONS, build};
