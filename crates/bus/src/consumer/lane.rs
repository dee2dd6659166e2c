//! What is done with deliveries: handled, delayed or parked.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use db::TenantTx;
use futures_util::FutureExt;
use lapin::Channel;
use lapin::message::Delivery as Message;
use lapin::options::BasicNackOptions;
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

/// What became of deliveries, by their tags.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Something durable came of them: the broker may forget them.
    pub(super) done: Vec<u64>,
    /// The broker knows already.
    pub(super) given_back: Vec<u64>,
}

/// Settles deliveries: one, or several of one tenant.
pub(super) async fn run(
    consumer: Arc<Consumer>,
    channel: Channel,
    messages: Vec<Message>,
    shutdown: CancellationToken,
) -> Settled {
    let mut settled = Settled::default();
    // Where its connection is gone, the broker hands a message out again.
    let here = messages
        .into_iter()
        .filter(|message| !message.acker.poisoned());
    let read: Vec<_> = here
        .map(|message| {
            let properties = &message.properties;
            let envelope = Envelope::read(consumer.service, properties, message.data.clone());
            (message, envelope)
        })
        .collect();
    if together(&consumer, &read).await {
        settled.done = read.iter().map(|(m, _)| m.delivery_tag).collect();
        return settled;
    }
    for (message, envelope) in &read {
        let tag = message.delivery_tag;
        match one(&consumer, &channel, message, envelope, &shutdown).await {
            Ok(Fate::Done) => settled.done.push(tag),
            Ok(Fate::GivenBack) => settled.given_back.push(tag),
            Err(error) => {
                let service = consumer.service;
                warn!(service, error = %error, "A delivery could not be settled; it comes again");
                // The broker counts redeliveries: twenty at once would park it.
                tokio::time::sleep(UNSETTLED_PAUSE).await;
                let _ = give_back(message).await;
                settled.given_back.push(tag);
            }
        }
    }
    settled
}

type Read = (Message, Result<Envelope, String>);

/// Takes effect of several deliveries in one transaction, each once and in their order, as if each had
/// its own. False when there is one only, or anything was in the way: then nothing was done, and each
/// is to be tried alone.
async fn together(consumer: &Consumer, read: &[Read]) -> bool {
    let first_tries = read.iter().map(|(_, envelope)| {
        let envelope = envelope.as_ref().ok().filter(|e| e.attempt == 0)?;
        Some((
            consumer.handlers.get(envelope.event_type.as_str())?,
            envelope,
        ))
    });
    let Some(work) = first_tries.collect::<Option<Vec<_>>>() else {
        return false;
    };
    let [(_, first), _, ..] = work.as_slice() else {
        return false;
    };
    let began = Instant::now();
    let all = async {
        let mut tx = consumer.db.begin_tenant(first.tenant).await?;
        for (handle, envelope) in &work {
            if envelope.tenant != first.tenant {
                return Err(HandleError::not_yet("deliveries of two tenants"));
            }
            if let Err(error) = call(&mut tx, handle, envelope).await {
                tx.rollback().await;
                return Err(error);
            }
        }
        Ok(tx.commit().await?)
    };
    if !matches!(tokio::time::timeout(HANDLER_TIMEOUT, all).await, Ok(Ok(()))) {
        return false;
    }
    for _ in &work {
        note(consumer, "handled", began);
    }
    true
}

fn note(consumer: &Consumer, outcome: &'static str, began: Instant) {
    metrics::histogram!("bus_handled_seconds", "service" => consumer.service, "outcome" => outcome)
        .record(began.elapsed());
}

enum Fate {
    Done,
    GivenBack,
}

/// Settles one delivery: whatever happens, it is done only after something durable.
async fn one(
    consumer: &Consumer,
    channel: &Channel,
    message: &Message,
    envelope: &Result<Envelope, String>,
    shutdown: &CancellationToken,
) -> Result<Fate, BusError> {
    let service = consumer.service;
    let envelope = match envelope {
        Ok(envelope) => envelope,
        Err(reason) => {
            parked::park(service, channel, message, 0, reason).await?;
            return Ok(Fate::Done);
        }
    };
    let began = Instant::now();
    let outcome = handle(consumer, envelope, shutdown).await;
    let label = match &outcome {
        Some(Ok(())) => "handled",
        Some(Err(HandleError::Retry(_))) => "failed",
        Some(Err(HandleError::Park(_))) => "parked",
        None => "given back",
    };
    note(consumer, label, began);
    match outcome {
        Some(Ok(())) => {}
        Some(Err(HandleError::Retry(cause))) => {
            again(consumer, channel, message, envelope, &format!("{cause:#}")).await?;
        }
        Some(Err(HandleError::Park(reason))) => {
            error!(service, event.id = %envelope.id, event.type = envelope.event_type, reason, "An event was parked");
            parked::park(service, channel, message, envelope.attempt + 1, &reason).await?;
        }
        None => {
            give_back(message).await?;
            return Ok(Fate::GivenBack);
        }
    }
    Ok(Fate::Done)
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
    let work = async {
        let mut tx = consumer.db.begin_tenant(envelope.tenant).await?;
        match call(&mut tx, handle, envelope).await {
            Ok(()) => Ok(tx.commit().await?),
            Err(error) => {
                tx.rollback().await;
                Err(error)
            }
        }
    };
    match tokio::time::timeout(HANDLER_TIMEOUT, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(HandleError::not_yet("the handler took too long")),
    }
}

/// Runs a handler within its trace.
async fn call(tx: &mut TenantTx, handle: &Handle, envelope: &Envelope) -> Result<(), HandleError> {
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
    let work = AssertUnwindSafe(handle(tx, envelope)).catch_unwind();
    match work.instrument(span).await {
        Ok(outcome) => outcome,
        Err(_) => Err(HandleError::not_yet("the handler panicked")),
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

async fn give_back(message: &Message) -> Result<(), lapin::Error> {
    let options = BasicNackOptions {
        requeue: true,
        multiple: false,
    };
    message.nack(options).await.map(|_| ())
}
