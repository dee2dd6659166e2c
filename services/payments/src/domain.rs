//! The rules of paying, without a clock, a database or a network.

pub mod fee;
pub mod payment;
pub mod signature;
