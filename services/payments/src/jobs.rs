//! Work outside a request: what calls Stripe and may take a while.

pub mod apply_stripe_event;
pub mod reconcile;
pub mod send_refund;
