//! Orders: stock, carts, checkout, tax, shipping and the life of an order.
//!
//! What is sold comes from catalog's events and is kept here, so that a store sells while catalog
//! is away. Nothing is promised twice: checkouts that wait for one store are decided together, in
//! the order they came, in one transaction that holds each row's lock once (`checkout`).

pub mod accounts;
pub mod app;
pub mod checkout;
pub mod details;
pub mod domain;
pub mod error;
pub mod events;
pub mod imports;
pub mod invariants;
pub mod jobs;
pub mod operator;
pub mod routes;
pub mod secret;
pub mod shelf;
pub mod store;
pub mod tell;
pub mod transition;

pub use app::{App, MIGRATIONS, build};
