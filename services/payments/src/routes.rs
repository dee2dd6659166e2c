//! The path table.

pub mod account;
pub mod breaks;
pub mod intents;
pub mod payments;
pub mod webhooks;

use http_kit::{Routes, routes};

use crate::app::App;

pub fn table() -> Routes<App> {
    routes![
        intents: create_intent @ Payment, get_intent;
        webhooks: receive_stripe_event, list_webhook_events, replay_webhook_event,
            replay_webhook_events;
        account: get_account, create_account, create_account_link;
        payments: list_payments, get_payment;
        breaks: list_breaks, close_break, reconcile_payments;
    ]
}
