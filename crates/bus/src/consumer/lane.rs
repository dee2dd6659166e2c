//! One delivery after the other: handled, then acknowledged, delayed or parked.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use lapin::Channel;
use lapin::message::Delivery as Message;
use lapin::options::{BasicAckOptions, BasicNackOptions};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, error, info_span, warn};

use super::Consumer;
use super::handler::{Handle, HandleError};
use crate::backoff::Backoff;
use crate::envelope::Envelope;
use crate::rabbit::BusError;
use crate::topology::{ATTEMPTS_MAX, retry_queue};
use crate::{parked, publisher, trace};

/// One attempt of a handler.
const HANDLER_TIMEOUT: Duration = Duration::from_secs(30);
const DATABASE_FIRST: Duration = Duration::from_millis(100);
const DATABASE_LAST: Duration = Duration::from_secs(5);
const UNSETTLED_PAUSE: Duration = Duration::from_secs(1);
/// Deadlocks and serialization failures that are tried again at once.
const CONFLICTS_MAX: u32 = 3;

pub(super) async fn run(
    consumer: Arc<Consumer>,
    channel: Channel,
    mut messages: mpsc::Receiver<Message>,
    shutdown: CancellationToken,
) {
    while let Some(message) = messages.recv().await {
        if message.acker.poisoned() {
            // Its connection is gone: the broker hands it out again.
            continue;
        }
        if let Err(error) = one(&consumer, &channel, &message, &shutdown).await {
            let service = consumer.service;
            warn!(service, error = %error, "A delivery could not be settled; it comes again");
            // The broker counts redeliveries: twenty at once would park it.
            tokio::time::sleep(UNSETTLED_PAUSE).await;
            let _ = message
                .nack(BasicNackOptions {
                    requeue: true,
                    multiple: false,
                })
                .await;
        }
    }
}

/// Settles one delivery: whatever happens, it is acknowledged only after something durable.
async fn one(
    consumer: &Consumer,
    channel: &Channel,
    message: &Message,
    shutdown: &CancellationToken,
) -> Result<(), BusError> {
    let service = consumer.service;
    let envelope = match Envelope::read(service, &message.properties, message.data.clone()) {
        Ok(envelope) => envelope,
        Err(reason) => {
            parked::park(service, channel, message, 0, &reason).await?;
            return acknowledge(message).await;
        }
    };
    let began = Instant::now();
    let outcome = handle(consumer, &envelope, shutdown).await;
    let label = match &outcome {
        Some(Ok(())) => "handled",
        Some(Err(HandleError::Retry(_))) => "failed",
        Some(Err(HandleError::Park(_))) => "parked",
        None => "given back",
    };
    metrics::histogram!("bus_handled_seconds", "service" => service, "outcome" => label)
        .record(began.elapsed());
    match outcome {
        Some(Ok(())) => {}
        Some(Err(HandleError::Retry(cause))) => {
            again(consumer, channel, message, &envelope, &format!("{cause:#}")).await?;
        }
        Some(Err(HandleError::Park(reason))) => {
            error!(service, event.id = %envelope.id, event.type = envelope.event_type, reason, "An event was parked");
            parked::park(service, channel, message, envelope.attempt + 1, &reason).await?;
        }
        None => {
            message
                .nack(BasicNackOptions {
                    requeue: true,
                    multiple: false,
                })
                .await?;
            return Ok(());
        }
    }
    acknowledge(message).await
}

/// Runs the handler until it has an answer that is not "the database is away". Nothing when
/// `shutdown` came while waiting for the database.
async fn handle(
    consumer: &Consumer,
    envelope: &Envelope,
    shutdown: &CancellationToken,
) -> Option<Result<(), HandleError>> {
    let Some(handle) = consumer.handler(&envelope.event_type) else {
        let reason = format!("{} has no handler for it", consumer.service);
        return Some(Err(HandleError::Park(reason)));
    };
    let mut backoff = Backoff::new(DATABASE_FIRST, DATABASE_LAST);
    let mut conflicts = 0;
    loop {
        let outcome = attempt(consumer, handle, envelope).await;
        match trouble(&outcome) {
            Trouble::Away => {}
            Trouble::Conflict if conflicts < CONFLICTS_MAX => conflicts += 1,
            Trouble::Conflict | Trouble::None => return Some(outcome),
        }
        if !backoff.pause(shutdown).await {
            return None;
        }
    }
}

enum Trouble {
    /// The database cannot be reached: the event waits and loses no attempt.
    Away,
    /// Another transaction was in the way.
    Conflict,
    None,
}

fn trouble(outcome: &Result<(), HandleError>) -> Trouble {
    let Err(HandleError::Retry(cause)) = outcome else {
        return Trouble::None;
    };
    match cause.downcast_ref::<db::Error>() {
        Some(error) if error.is_unavailable() => Trouble::Away,
        Some(error) if error.is_retryable() || error.is_lock_timeout() => Trouble::Conflict,
        _ => Trouble::None,
    }
}

async fn attempt(
    consumer: &Consumer,
    handle: &Handle,
    envelope: &Envelope,
) -> Result<(), HandleError> {
    let span = info_span!(
        "handle event",
        event.id = %envelope.id,
        event.type = envelope.event_type,
        tenant.id = %envelope.tenant,
        attempt = envelope.attempt,
    );
    if let Some(traceparent) = &envelope.traceparent {
        trace::continue_from(&span, traceparent);
    }
    let work = async {
        let mut tx = consumer.db.begin_tenant(envelope.tenant).await?;
        match AssertUnwindSafe(handle(&mut tx, envelope))
            .catch_unwind()
            .await
        {
            Ok(Ok(())) => Ok(tx.commit().await?),
            Ok(Err(error)) => {
                tx.rollback().await;
                Err(error)
            }
            // The transaction is dropped, and its connection with it.
            Err(_) => Err(HandleError::not_yet("the handler panicked")),
        }
    };
    match tokio::time::timeout(HANDLER_TIMEOUT, work.instrument(span)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(HandleError::not_yet("the handler took too long")),
    }
}

/// Lets the delivery come again after a pause, or parks it when it has failed too often.
async fn again(
    consumer: &Consumer,
    channel: &Channel,
    message: &Message,
    envelope: &Envelope,
    cause: &str,
) -> Result<(), BusError> {
    let service = consumer.service;
    let failures = envelope.attempt + 1;
    let (event_type, id) = (envelope.event_type.as_str(), envelope.id);
    match consumer.rabbit.delays.after(failures) {
        Some(delay) if failures < ATTEMPTS_MAX => {
            warn!(service, event.id = %id, event.type = event_type, failures, cause, "An event waits for its next attempt");
            let envelope = Envelope {
                attempt: failures,
                ..envelope.clone()
            };
            let queue = retry_queue(service, delay);
            let properties = envelope.properties(service);
            publisher::put(channel, &queue, &envelope.payload, properties).await
        }
        _ => {
            error!(service, event.id = %id, event.type = event_type, failures, cause, "An event was parked");
            parked::park(service, channel, message, failures, cause).await
        }
    }
}

async fn acknowledge(message: &Message) -> Result<(), BusError> {
    // An acknowledgement that does not arrive brings the delivery again: harmless.
    message.ack(BasicAckOptions::default()).await?;
    Ok(())
}
