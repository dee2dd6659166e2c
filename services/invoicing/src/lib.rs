//! Invoicing: every paid order gets its fiscal document, once, whatever fails.
//!
//! What is to be documented is noted when we hear of it; documents are made by a worker that asks Moloni,
//! writes down what it is about to do before it does it, and compares every amount to the cent before
//! anything is closed. A store without a fiscal provider gives proformas.

pub mod app;
pub mod clients;
pub mod desk;
pub mod domain;
pub mod error;
pub mod events;
pub mod invariants;
pub mod issue;
pub mod jobs;
pub mod links;
pub mod open;
pub mod paper;
pub mod provider;
pub mod routes;
pub mod store;
pub mod tell;
pub mod tokens;

pub use app::{App, MIGRATIONS, build};
pub use tokens::SEALED;
