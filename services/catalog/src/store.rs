//! The queries. Each is a function of the transaction and repeats the tenant, although the
//! row-level policy would hide the others.

pub mod attributes;
pub mod cards;
pub mod categories;
pub mod media;
pub mod prices;
pub mod products;
pub mod redirects;
pub mod reviews;
pub mod schema;
pub mod search;
pub mod stock;
pub mod summaries;
pub mod usage;
pub mod variants;
