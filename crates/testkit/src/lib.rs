//! What the tests of every crate stand on: real parts, a place of their own in each.

pub mod broker;
pub mod catalogue;
pub mod database;
pub mod logs;
pub mod place;
mod waiting;

pub use database::TestDb;
pub use waiting::{eventually, until};
