//! The rules of selling, without a clock, a database or a network.

pub mod cart;
pub mod old_password;
pub mod order;
pub mod stock;
pub mod tax;
pub mod totals;
pub mod tracking;
pub mod withdrawal;
