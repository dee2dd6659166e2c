//! The rules of paying, without a clock, a database or a network.

pub mod dispute;
pub mod fee;
pub mod payment;
pub mod refund;
pub mod signature;
pub mod webhook;
