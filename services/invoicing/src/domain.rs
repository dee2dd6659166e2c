//! The rules of documents, without a clock, a database or a network.

pub mod bill;
pub mod buyer;
pub mod credit;
pub mod fixed;
pub mod problem;
pub mod reference;
