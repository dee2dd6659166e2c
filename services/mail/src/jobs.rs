//! Slow work, and work with the outside.

pub mod apply_provider_events;
pub mod erase_store;
pub mod forget;
pub mod send_deliveries;
pub mod send_messages;
