//! What the tests of every crate stand on: real parts, a place of their own in each.

pub mod broker;
