//! What this service does when it hears of something: database work only.

pub mod stock_changed;
