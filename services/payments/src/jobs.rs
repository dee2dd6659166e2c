//! Work outside a request: what calls Stripe and may take a while.

pub mod apply_stripe_event;
pub mod cancel_intent;
pub mod catch_up;
pub mod count_breaks;
pub mod forget_events;
pub mod look_up_payments;
pub mod send_refund;
