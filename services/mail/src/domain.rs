//! The rules: no database, no clock, no network.

pub mod answers;
pub mod colours;
pub mod facts;
pub mod format;
pub mod kinds;
pub mod links;
pub mod meter;
pub mod news;
pub mod placeholders;
pub mod producer;
pub mod public;
pub mod standard;
