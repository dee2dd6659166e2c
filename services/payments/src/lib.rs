//! Payments: connected accounts, intents, webhooks, refunds, disputes and the ledger.
//!
//! The store is merchant of record and its own account is charged; the platform takes its fee with
//! the charge. Nothing is believed twice: a payment changes only by Stripe's own word, fetched after
//! a signed webhook, and only when amount, currency, account, order and mode are the ones we asked for.

pub mod app;
pub mod attempt;
pub mod clients;
pub mod domain;
pub mod error;
pub mod events;
pub mod intake;
pub mod invariants;
pub mod jobs;
pub mod operator;
pub mod routes;
pub mod settle;
pub mod store;
pub mod tell;

pub use app::{App, MIGRATIONS, build};
