//! One connection's worth of consuming: deliveries go to lanes by aggregate.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use futures_util::StreamExt;
use lapin::Channel;
use lapin::message::Delivery as Message;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::{Consumer, lane};
use crate::backoff::Backoff;
use crate::envelope::{self, short};
use crate::rabbit::{self, BusError};
use crate::{parked, topology};

/// Deliveries the broker hands out before it wants acknowledgements.
const PREFETCH: u16 = 64;

/// Consumes until the connection is lost or `shutdown` comes; either way the deliveries in hand
/// are finished first.
pub(super) async fn run(
    consumer: &Arc<Consumer>,
    shutdown: &CancellationToken,
    backoff: &mut Backoff,
) -> Result<(), BusError> {
    let service = consumer.service;
    let connection = consumer.rabbit.connect(service, "consumer").await?;
    let channel = rabbit::confirming_channel(&connection).await?;
    topology::exchange_is_there(&channel).await?;
    channel
        .basic_qos(PREFETCH, BasicQosOptions::default())
        .await?;
    consumer.link.set(true);
    backoff.reset();
    info!(service, "The consumer of {service} is connected");
    let outcome = tokio::try_join!(
        work(consumer, &channel, shutdown),
        parked::drain(service, &consumer.db, &channel, shutdown),
    );
    rabbit::close(&connection).await;
    outcome.map(|_| ())
}

async fn work(
    consumer: &Arc<Consumer>,
    channel: &Channel,
    shutdown: &CancellationToken,
) -> Result<(), BusError> {
    let queue = topology::work_queue(consumer.service);
    let mut deliveries = channel
        .basic_consume(
            short(&queue),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await?;
    let mut tasks = JoinSet::new();
    let mut lanes = Vec::new();
    for _ in 0..consumer.lanes {
        let (sender, receiver) = mpsc::channel(usize::from(PREFETCH));
        tasks.spawn(lane::run(
            consumer.clone(),
            channel.clone(),
            receiver,
            shutdown.clone(),
        ));
        lanes.push(sender);
    }
    let outcome = loop {
        let next = tokio::select! {
            next = deliveries.next() => next,
            () = shutdown.cancelled() => break Ok(()),
        };
        match next {
            Some(Ok(message)) => dispatch(&lanes, message).await,
            Some(Err(error)) => break Err(error.into()),
            None => break Err(BusError::NotTaken(queue)),
        }
    };
    if outcome.is_ok() {
        let _ = channel
            .basic_cancel(deliveries.tag(), BasicCancelOptions::default())
            .await;
    }
    drop(lanes);
    while tasks.join_next().await.is_some() {}
    outcome
}

/// One aggregate's deliveries keep their order: they are in one lane.
async fn dispatch(lanes: &[mpsc::Sender<Message>], message: Message) {
    let mut hasher = DefaultHasher::new();
    envelope::texts(&message.properties)
        .get(envelope::AGGREGATE)
        .hash(&mut hasher);
    let count = u64::try_from(lanes.len()).unwrap_or(1);
    let at = usize::try_from(hasher.finish().checked_rem(count).unwrap_or(0)).unwrap_or(0);
    if let Some(lane) = lanes.get(at) {
        // A lane ends only after its sender: the message cannot be lost here.
        let _ = lane.send(message).await;
    }
}
