//! Stripe's API v1, as far as this service needs it.
//!
//! A thin client of our own, and why: `docs/decisions/0001-stripe-client.md`. Every request that
//! writes carries an idempotency key made of our own id, so a retry can never do a thing twice.

mod breaker;
mod error;
mod objects;
mod requests;
mod transport;

pub use error::{Decline, StripeError};
pub use objects::{
    Account, AccountLink, Charge, Dispute, Event, IntentStatus, List, NextAction, PaymentIntent,
    Refund, RefundStatus, Requirements, Voucher,
};
pub use requests::{NewAccount, NewIntent, NewRefund, Request};
pub use transport::Stripe;

/// The version of the API that requests and webhook endpoints are pinned to.
pub const API_VERSION: &str = "2026-10-28.endive";
