//! What this service does when it hears of something: database work only.

pub mod order_changed;
pub mod refund_requested;
