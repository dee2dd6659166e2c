//! Publishing many messages and waiting for all their confirms together.

use std::time::Duration;

use futures_util::future::try_join_all;
use lapin::options::BasicPublishOptions;
use lapin::{BasicProperties, Channel, Confirmation};

use crate::envelope::{Envelope, short};
use crate::rabbit::BusError;
use crate::topology::EXCHANGE;

/// How long the broker may take to confirm a batch.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(5);

/// What the broker did with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is on disk in every queue that wants it.
    Taken,
    /// No queue wanted it.
    Unroutable,
    /// A queue could not take it: full, or without a majority.
    Refused,
}

/// Publishes in the name of `service` under the keys given; the fates come in the order of `messages`.
pub(crate) async fn publish<'a>(
    service: &str,
    channel: &Channel,
    messages: impl Iterator<Item = (String, &'a Envelope)>,
) -> Result<Vec<Fate>, BusError> {
    let all = async {
        let mut confirms = Vec::new();
        for (key, envelope) in messages {
            let payload = envelope.payload.as_slice();
            confirms.push(send(channel, &key, payload, envelope.properties(service)).await?);
        }
        Ok::<_, lapin::Error>(try_join_all(confirms).await?.iter().map(fate).collect())
    };
    let fates = tokio::time::timeout(CONFIRM_TIMEOUT, all).await;
    Ok(fates.map_err(|_| BusError::Timeout("confirming a batch"))??)
}

/// Puts one message into one of the sender's own queues, or fails.
pub(crate) async fn put(
    channel: &Channel,
    queue: &str,
    payload: &[u8],
    properties: BasicProperties,
) -> Result<(), BusError> {
    let one = async { send(channel, queue, payload, properties).await?.await };
    let confirmation = tokio::time::timeout(CONFIRM_TIMEOUT, one).await;
    match fate(&confirmation.map_err(|_| BusError::Timeout("confirming a message"))??) {
        Fate::Taken => Ok(()),
        Fate::Unroutable | Fate::Refused => Err(BusError::NotTaken(queue.to_owned())),
    }
}

async fn send(
    channel: &Channel,
    key: &str,
    payload: &[u8],
    properties: BasicProperties,
) -> Result<lapin::PublisherConfirm, lapin::Error> {
    let options = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    channel
        .basic_publish(EXCHANGE.into(), short(key), options, payload, properties)
        .await
}

fn fate(confirmation: &Confirmation) -> Fate {
    match confirmation {
        Confirmation::Ack(None) => Fate::Taken,
        Confirmation::Ack(Some(_)) => Fate::Unroutable,
        Confirmation::Nack(_) | Confirmation::NotRequested => Fate::Refused,
    }
}
