//! One connection's worth of consuming: deliveries are handed to those who work on them.

use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use lapin::Channel;
use lapin::message::Delivery as Message;
use lapin::options::{BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::Consumer;
use super::acks::Open;
use super::board::{Arrived, Board};
use super::lane::{self, Settled};
use crate::backoff::Backoff;
use crate::envelope::{self, short};
use crate::rabbit::{self, BusError};
use crate::{parked, topology};

/// Deliveries the broker hands out before it wants acknowledgements.
const PREFETCH: u16 = 64;

/// Consumes until the connection is lost or `shutdown` comes. At `shutdown` the deliveries in hand are
/// finished first. With the connection they may be broken off anywhere: the broker hands them out again,
/// and what was committed by then is known to the inbox.
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
    // A channel of its own: what is acknowledged in one word is all of a channel's deliveries.
    let parking = connection.create_channel().await?;
    parking
        .basic_qos(PREFETCH, BasicQosOptions::default())
        .await?;
    consumer.link.set(true);
    backoff.reset();
    info!(service, "The consumer of {service} is connected");
    // The first that fails breaks the other off.
    let outcome = tokio::try_join!(
        work(consumer, &channel, shutdown),
        parked::drain(service, &consumer.db, &parking, shutdown),
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
    let mut desk = Desk {
        consumer: consumer.clone(),
        channel: channel.clone(),
        shutdown: shutdown.clone(),
        board: Board::new(),
        open: Open::default(),
        tasks: JoinSet::new(),
    };
    let outcome = loop {
        desk.begin();
        tokio::select! {
            next = deliveries.next() => match next {
                Some(Ok(message)) => desk.put(message),
                Some(Err(error)) => break Err(error.into()),
                None => break Err(BusError::NotTaken(queue)),
            },
            done = desk.look() => if let Err(error) = desk.acknowledge(done).await {
                break Err(error);
            },
            () = shutdown.cancelled() => break Ok(()),
        }
    };
    if outcome.is_ok() {
        let _ = channel
            .basic_cancel(deliveries.tag(), BasicCancelOptions::default())
            .await;
    } else {
        // Those that were not begun come again.
        desk.board.forget_waiting();
    }
    let finished = desk.finish().await;
    outcome.and(finished)
}

/// The deliveries of one channel: those that wait, those at work, and what the broker knows of them.
struct Desk {
    consumer: Arc<Consumer>,
    channel: Channel,
    shutdown: CancellationToken,
    board: Board<Message>,
    open: Open,
    tasks: JoinSet<(Settled, Vec<Option<String>>)>,
}

/// What became of deliveries, and the aggregates they were about.
type Done = Result<(Settled, Vec<Option<String>>), JoinError>;

impl Desk {
    fn put(&mut self, message: Message) {
        self.open.add(message.delivery_tag);
        let mut texts = envelope::texts(&message.properties);
        self.board.put(Arrived {
            at: Instant::now(),
            tenant: texts.remove(envelope::TENANT),
            aggregate: texts.remove(envelope::AGGREGATE),
            what: message,
        });
    }

    /// Begins whatever may be begun now.
    fn begin(&mut self) {
        let now = Instant::now();
        while self.tasks.len() < self.consumer.lanes {
            let somebody_works = !self.tasks.is_empty();
            let Some(taken) = self.board.take(now, somebody_works) else {
                return;
            };
            let (consumer, channel) = (self.consumer.clone(), self.channel.clone());
            let work = lane::run(consumer, channel, taken.what, self.shutdown.clone());
            self.tasks
                .spawn(async move { (work.await, taken.aggregates) });
        }
    }

    /// Waits until there is something to begin: somebody is done, or something has waited long enough.
    /// Nothing is lost when this is dropped.
    async fn look(&mut self) -> Option<Done> {
        let somebody_works = !self.tasks.is_empty();
        let ready_at = self.board.ready_at(somebody_works);
        let may_begin = self.tasks.len() < self.consumer.lanes;
        let ready = async {
            match ready_at.filter(|_| may_begin) {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(done) = self.tasks.join_next() => Some(done),
            () = ready => None,
        }
    }

    async fn acknowledge(&mut self, done: Option<Done>) -> Result<(), BusError> {
        let Some(done) = done else { return Ok(()) };
        // Whose aggregates and deliveries they were is not known: all come again on a new channel.
        let (settled, aggregates) = done.map_err(|_| BusError::Timeout("a delivery"))?;
        self.board.release(&aggregates);
        for tag in settled.given_back {
            self.open.settled(tag);
        }
        let acks = self.open.acknowledge(&settled.done);
        let of_one = acks.single.into_iter().map(|tag| (tag, false));
        // An acknowledgement that does not arrive brings the delivery again: harmless.
        for (tag, multiple) in acks.up_to.map(|tag| (tag, true)).into_iter().chain(of_one) {
            let options = BasicAckOptions { multiple };
            self.channel.basic_ack(tag, options).await?;
        }
        Ok(())
    }

    /// Works off all that is in hand.
    async fn finish(mut self) -> Result<(), BusError> {
        let mut outcome = Ok(());
        while !self.tasks.is_empty() || !self.board.is_empty() {
            self.begin();
            let done = self.look().await;
            if let Err(error) = self.acknowledge(done).await {
                self.board.forget_waiting();
                outcome = Err(error);
            }
        }
        outcome
    }
}
