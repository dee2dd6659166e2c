//! Taking Stripe's word: the one place where a payment, a refund, a dispute or an account changes.
//!
//! Each function is given the object as Stripe has it now and runs in the transaction that also
//! records why it was called. Called twice, the second time changes nothing.

mod accounts;
mod disputes;
mod intents;
mod refunds;

use time::OffsetDateTime;

pub use accounts::{settle_account, settle_account_gone, tell_account};
pub use disputes::settle_dispute;
pub use intents::{Word, next_look, settle_intent};
pub use refunds::{fail_refund, settle_one_refund, settle_refunds};

/// Under which circumstances something is settled.
#[derive(Clone, Copy, Debug)]
pub struct Settling<'a> {
    pub now: OffsetDateTime,
    pub live_mode: bool,
    /// The connected account at which Stripe was asked.
    pub account: &'a str,
}

/// What became of a word of Stripe's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    Applied,
    /// Not about anything of ours.
    NotOurs,
    /// It names something of ours that is not stored yet, or changed while Stripe was asked.
    NotYet,
    /// Genuine, but not what we asked for: nothing was changed, and the caller raises it.
    Mismatch(String),
}
