//! Moloni (moloni.pt, REST): the calls, and what its answers mean.
//!
//! An answer with status 200 may be a refusal, there is no idempotency key, and the token travels in the
//! query: so every answer is sorted here, and no address of a request is ever logged.

mod answer;
mod error;
mod grant;
mod pdf;
pub mod row;
mod transport;

pub use error::MoloniError;
pub use grant::Pair;
pub use transport::Moloni;
