//! The broker's exchange and queues, declared by relays and consumers alike, as often as they like.
//!
//! Each service has a work queue `<service>.events` that hears its subscriptions, retry queues
//! `<service>.retry.<delay>` from which a message returns to the work queue when its time is over,
//! and `<service>.parked` for what a person must look at. All are quorum queues, and what is
//! dead-lettered is not lost on the way.

use std::time::Duration;

use events::topology::{SUBSCRIPTIONS, Subscription};
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{Channel, ExchangeKind};

use crate::envelope::short;

pub(crate) const EXCHANGE: &str = "stores.events";

/// Redeliveries by the broker itself (a consumer that dies with the message) before it is parked.
/// Declared because RabbitMQ 3 has no limit of its own and RabbitMQ 4 has this one.
const DELIVERY_LIMIT: i32 = 20;

/// How often a handler may fail before its delivery is parked.
pub const ATTEMPTS_MAX: u32 = 5;

/// The pauses after the first, second, third and fourth failure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryDelays(pub(crate) [Duration; 4]);

impl Default for RetryDelays {
    fn default() -> Self {
        Self([1, 5, 30, 120].map(Duration::from_secs))
    }
}

impl RetryDelays {
    /// The pause after `failures` failures; nothing when they were the last.
    pub(crate) fn after(&self, failures: u32) -> Option<Duration> {
        let at = usize::try_from(failures.checked_sub(1)?).ok()?;
        self.0.get(at).copied()
    }
}

pub(crate) fn work_queue(service: &str) -> String {
    format!("{service}.events")
}

pub(crate) fn parked_queue(service: &str) -> String {
    format!("{service}.parked")
}

pub(crate) fn retry_queue(service: &str, delay: Duration) -> String {
    let ms = delay.as_millis();
    match (ms % 60_000, ms % 1_000) {
        (0, _) => format!("{service}.retry.{}m", ms / 60_000),
        (_, 0) => format!("{service}.retry.{}s", ms / 1_000),
        _ => format!("{service}.retry.{ms}ms"),
    }
}

/// Declares everything for every service that hears anything.
pub(crate) async fn declare(channel: &Channel, delays: &RetryDelays) -> Result<(), lapin::Error> {
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    let none = FieldTable::default();
    channel
        .exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, durable, none)
        .await?;
    for subscription in SUBSCRIPTIONS {
        declare_service(channel, subscription, delays).await?;
    }
    Ok(())
}

async fn declare_service(
    channel: &Channel,
    subscription: &Subscription,
    delays: &RetryDelays,
) -> Result<(), lapin::Error> {
    let service = subscription.service;
    let (work, parked) = (work_queue(service), parked_queue(service));
    queue(channel, &parked, quorum()).await?;
    let mut arguments = dead_lettering_to(&parked);
    arguments.insert(
        "x-delivery-limit".into(),
        AMQPValue::LongInt(DELIVERY_LIMIT),
    );
    queue(channel, &work, arguments).await?;
    for delay in delays.0 {
        let mut arguments = dead_lettering_to(&work);
        let ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        arguments.insert("x-message-ttl".into(), AMQPValue::LongLongInt(ms));
        queue(channel, &retry_queue(service, delay), arguments).await?;
    }
    for event_type in subscription.types {
        bind(channel, &work, event_type).await?;
    }
    Ok(())
}

async fn queue(channel: &Channel, name: &str, arguments: FieldTable) -> Result<(), lapin::Error> {
    channel
        .queue_declare(short(name), QueueDeclareOptions::durable(), arguments)
        .await?;
    Ok(())
}

pub(crate) async fn bind(
    channel: &Channel,
    queue: &str,
    event_type: &str,
) -> Result<(), lapin::Error> {
    let options = QueueBindOptions::default();
    let none = FieldTable::default();
    channel
        .queue_bind(
            short(queue),
            EXCHANGE.into(),
            short(event_type),
            options,
            none,
        )
        .await
}

fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("quorum"));
    arguments
}

/// A quorum queue that keeps a dead letter until the next queue has it.
fn dead_lettering_to(next: &str) -> FieldTable {
    let mut arguments = quorum();
    arguments.insert("x-dead-letter-exchange".into(), text(""));
    arguments.insert("x-dead-letter-routing-key".into(), text(next));
    arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
    arguments.insert("x-overflow".into(), text("reject-publish"));
    arguments
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(LongString::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_five_times() {
        let delays = RetryDelays::default();
        let queues = (1..ATTEMPTS_MAX).filter_map(|n| delays.after(n));
        let names: Vec<String> = queues.map(|delay| retry_queue("mail", delay)).collect();
        let expected = [
            "mail.retry.1s",
            "mail.retry.5s",
            "mail.retry.30s",
            "mail.retry.2m",
        ];
        assert_eq!(names, expected);
        assert_eq!(delays.after(ATTEMPTS_MAX), None);
    }
}
