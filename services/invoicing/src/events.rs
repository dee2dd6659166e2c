//! What this service does when it hears of something: database work only.

pub mod order_cancelled;
pub mod order_claimed;
pub mod order_paid;
pub mod order_refunded;
