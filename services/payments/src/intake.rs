//! An event of Stripe's on its way into the table, as a webhook or from Stripe's list.

mod desk;

pub use desk::Desks;

use kernel::TenantId;
use time::OffsetDateTime;

use crate::app::App;
use crate::clients::stripe::Event;
use crate::domain::signature::Endpoint;
use crate::domain::webhook::Topic;
use crate::store::webhooks::{IGNORED, RECEIVED, WebhookRow};

/// A note of a log's length, which never holds a shopper's data.
const NOTE_CHARS_MAX: usize = 500;

/// The row that keeps an event. What is about nothing of ours is dealt with by being kept.
pub fn row(
    app: &App,
    tenant: TenantId,
    endpoint: Endpoint,
    event: &Event,
    bytes: &[u8],
) -> WebhookRow {
    let now = app.clock.now();
    let is_platforms_own = endpoint == Endpoint::Platform && event.account.is_none();
    let waits = Topic::of(&event.kind) != Topic::Nothing && !is_platforms_own;
    WebhookRow {
        tenant_id: tenant.uuid(),
        endpoint: endpoint.as_str().to_owned(),
        event_id: event.id.clone(),
        kind: event.kind.clone(),
        account: event.account.clone(),
        livemode: event.livemode,
        sent_at: OffsetDateTime::from_unix_timestamp(event.created).unwrap_or(now),
        payload: bytes.to_vec(),
        state: if waits { RECEIVED } else { IGNORED }.to_owned(),
        note: None,
        attempts: 0,
        retry_at: now,
        received_at: now,
    }
}

pub fn note(text: &str) -> String {
    text.chars().take(NOTE_CHARS_MAX).collect()
}
