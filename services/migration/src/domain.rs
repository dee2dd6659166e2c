//! What another shop's records are in our words. Nothing here reads a clock, a database or a network.

pub mod decimal;
pub mod facts;
pub mod map;
pub mod passwords;
pub mod plan;
pub mod text;
pub mod value;
