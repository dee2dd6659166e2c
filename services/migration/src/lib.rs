//! Migration: shops that come from elsewhere, page by page, as often as wanted.
//!
//! A job reads the old shop in turns and writes down where it is after each page (`run`). Records go to
//! catalog and orders in batches and are counted as arrived when their answers are heard
//! (`events::import_applied`); what is here already like that is not sent again.

pub mod app;
pub mod audience;
pub mod clients;
pub mod domain;
pub mod error;
pub mod events;
pub mod invariants;
pub mod jobs;
pub mod keys;
pub mod routes;
pub mod run;
pub mod store;

pub use app::{App, MIGRATIONS, build};
pub use keys::SEALED;
