//! The tables and their queries.

pub mod contacts;
pub mod deliveries;
pub mod endpoints;
pub mod erasures;
pub mod messages;
pub mod orders;
pub mod overrides;
pub mod pauses;
pub mod profiles;
pub mod provider_events;
pub mod schema;
pub mod settings;
pub mod suppressions;
pub mod usage;
pub mod variants;
