//! Stripe's API v1, as far as this service needs it.
//!
//! A thin client of our own, and why: `docs/decisions/0001-stripe-client.md`. Every request that
//! writes carries an idempotency key made of our own id, so a retry can never do a thing twice.

mod calls;
mod error;
pub mod objects;
pub mod requests;
mod transport;

pub use calls::ListedEvent;
pub use error::{Decline, StripeError};
pub use objects::{
    Account, AccountLink, ApplicationFee, BalanceTransaction, Dispute, Event, IntentStatus, List,
    NextAction, PaymentError, PaymentIntent, Refund, RefundStatus, Requirements, Voucher,
};
pub use requests::{EventsPage, NewAccount, NewIntent, NewRefund, Request};
pub use transport::Stripe;

/// The version of the API that requests and webhook endpoints are pinned to.
pub const API_VERSION: &str = "2026-10-28.endive";
