//! The tables and their queries.

pub mod audit;
pub mod catalogue;
pub mod configs;
pub mod domains;
pub mod hosts;
pub mod schema;
pub mod sessions;
pub mod staff;
pub mod tenants;
pub mod themes;
