//! Requests that leave the platform.
//!
//! Two kinds of address: one that the operator configured (Stripe, Moloni, ZeptoMail) is trusted and
//! gets a [`client`]; one that somebody typed (a shop to import, an image of it, the receiver of a
//! merchant's webhooks) goes through [`Outbound`] alone, which reaches public addresses only,
//! whatever a name resolves to and wherever a redirect leads.

mod breaker;
mod client;
mod guard;
mod send;

pub use breaker::Breaker;
pub use client::client;
pub use guard::{Guard, Refused};
pub use send::{Answer, Outbound, OutboundError, Request, Rules};

/// What a request is made of.
pub use reqwest::{Method, header};
pub use url::Url;
