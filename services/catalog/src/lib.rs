//! Catalog: products, variants, prices, categories, images and search.
//!
//! Merchants edit `product`; shoppers read `product_card`, finished documents written in the same
//! transaction. What is to be had comes from the orders service's events and is never guessed.

pub mod app;
pub mod arrange;
pub mod clients;
pub mod domain;
pub mod edit;
pub mod error;
pub mod events;
pub mod imports;
pub mod intake;
pub mod invariants;
pub mod jobs;
pub mod operator;
pub mod publish;
pub mod routes;
pub mod store;
pub mod tell;

pub use app::{App, MIGRATIONS, build};
