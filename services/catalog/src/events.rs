//! What this service does when it hears of something: database work only.

pub mod import_requested;
pub mod stock_changed;
