//! The broker's exchange and queues, and under which keys they are reached.
//!
//! Each service has a work queue `<service>.events` that hears its subscriptions, retry queues
//! `<service>.retry.<delay>` from which a message returns to the work queue when its time is over,
//! `<service>.parked` for what a person must look at, and `<service>.marker` with one message that says
//! the broker was not emptied. The owner makes them all beforehand
//! ([`Rabbit::definitions`](crate::Rabbit::definitions)); no service may make, change or reach past
//! its own.
//!
//! Everything goes through one exchange, whose keys begin with the name of the service that sends:
//! an event's type, such a key with `.to.<service>` for one hearer alone, or the name of one of the
//! service's own queues.

use std::time::Duration;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ExchangeKind};

use crate::envelope::short;
use crate::rabbit::{BusError, OK};

pub(crate) const EXCHANGE: &str = "stores.events";

/// How often a handler may fail before its delivery is parked.
pub(crate) const ATTEMPTS_MAX: u32 = 5;

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

pub(crate) fn marker_queue(service: &str) -> String {
    format!("{service}.marker")
}

pub(crate) fn retry_queue(service: &str, delay: Duration) -> String {
    let ms = delay.as_millis();
    match (ms % 60_000, ms % 1_000) {
        (0, _) => format!("{service}.retry.{}m", ms / 60_000),
        (_, 0) => format!("{service}.retry.{}s", ms / 1_000),
        _ => format!("{service}.retry.{ms}ms"),
    }
}

/// The key under which an event reaches one of its hearers alone.
pub(crate) fn directed_key(event_type: &str, hearer: &str) -> String {
    format!("{event_type}{}", directed_suffix(hearer))
}

/// What the work queue is bound to beside its subscriptions: `#.to.<service>`.
pub(crate) fn directed_pattern(hearer: &str) -> String {
    format!("#{}", directed_suffix(hearer))
}

fn directed_suffix(hearer: &str) -> String {
    format!(".to.{hearer}")
}

/// Whether all is there that `service` needs to tell and to hear.
pub(crate) async fn check(connection: &Connection, service: &str) -> Result<(), BusError> {
    let channel = connection.create_channel().await?;
    exchange_is_there(&channel).await?;
    for queue in [
        work_queue(service),
        parked_queue(service),
        marker_queue(service),
    ] {
        let options = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::durable()
        };
        channel
            .queue_declare(short(&queue), options, FieldTable::default())
            .await?;
    }
    // A channel that is left open is closed behind the connection, which is told as an error.
    channel.close(OK, "done".into()).await?;
    Ok(())
}

/// Fails with what to do when the broker was not prepared.
pub(crate) async fn exchange_is_there(channel: &Channel) -> Result<(), BusError> {
    let options = ExchangeDeclareOptions {
        passive: true,
        ..ExchangeDeclareOptions::default()
    };
    let none = FieldTable::default();
    channel
        .exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, options, none)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directed_event_keeps_its_senders_name_in_front() {
        let key = directed_key("catalog.product_changed.v1", "orders");
        assert_eq!(key, "catalog.product_changed.v1.to.orders");
        assert!(key.ends_with(directed_pattern("orders").trim_start_matches('#')));
    }

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
