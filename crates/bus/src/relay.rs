//! From the outbox to the broker. Several relays may run at once: each takes rows that no other has.

mod batch;
mod gauges;

use std::sync::Arc;
use std::time::Duration;

use db::Db;
use futures_util::FutureExt;
use lapin::Connection;
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::backoff::Backoff;
use crate::rabbit::{self, BusError, Link, Rabbit};
use crate::replay::database_time;
use crate::{marker, sweep, topology};

pub(crate) use batch::{Told, is_done};

use batch::{Batch, LeftOut};

/// The relay looks by itself this often, whatever wakes it may have missed.
const POLL: Duration = Duration::from_secs(1);
const RECONNECT_FIRST: Duration = Duration::from_millis(100);
const RECONNECT_LAST: Duration = Duration::from_secs(5);
/// Batches begin no sooner after one another, so that many commits are one batch. The first event after
/// a silence goes at once.
const BATCH_EVERY: Duration = Duration::from_millis(15);
/// At most one `NOTIFY` in this time, however many commits there are.
const NOTIFY_QUIET: Duration = Duration::from_millis(10);

/// Publishes what a service has told. Woken by commits of its own process, by `NOTIFY` of others
/// when it [listens](Relay::listening), and by its own clock.
pub struct Relay {
    db: Db,
    rabbit: Rabbit,
    link: Link,
    listen: Option<SecretString>,
    wake: Arc<Notify>,
}

impl Relay {
    pub fn new(db: Db, rabbit: Rabbit) -> Self {
        let wake = db.wakes();
        Self {
            db,
            rabbit,
            link: Link::default(),
            listen: None,
            wake,
        }
    }

    /// Also wakes for commits of other processes, through `LISTEN` on a connection of its own to
    /// `url`, the service's database.
    #[must_use]
    pub fn listening(self, url: SecretString) -> Self {
        Self {
            listen: Some(url),
            ..self
        }
    }

    /// Whether the relay is connected, for health.
    pub fn link(&self) -> Link {
        self.link.clone()
    }

    /// Runs until `shutdown`; finishes the batch in hand. The broker or the database may be away at
    /// any time, also at the start.
    pub async fn run(self, shutdown: CancellationToken) {
        let listening = self.listen();
        let upkeep = async {
            tokio::join!(
                sweep::run(&self.db, &shutdown),
                gauges::run(&self.db, &shutdown)
            );
        };
        tokio::select! {
            () = self.work(&shutdown) => {}
            () = async { tokio::join!(listening, upkeep); } => {}
        }
        self.link.set(false);
    }

    async fn listen(&self) {
        if let Some(url) = self.listen.clone() {
            db::listen(url, channel_name(self.db.service()), self.wake.clone()).await;
        }
        std::future::pending().await
    }

    async fn work(&self, shutdown: &CancellationToken) {
        let mut backoff = Backoff::new(RECONNECT_FIRST, RECONNECT_LAST);
        while !shutdown.is_cancelled() {
            match self.session(shutdown, &mut backoff).await {
                Ok(()) => return,
                Err(error) => {
                    self.link.set(false);
                    let service = self.db.service();
                    warn!(service, error = %error, "The relay of {service} was interrupted");
                }
            }
            if !backoff.pause(shutdown).await {
                return;
            }
        }
    }

    /// Publishes on one connection until it is lost or `shutdown` comes.
    async fn session(
        &self,
        shutdown: &CancellationToken,
        backoff: &mut Backoff,
    ) -> Result<(), BusError> {
        let connection = self.rabbit.connect(self.db.service(), "relay").await?;
        let began = database_time(&self.db).await?;
        let restoring = marker::restore(&self.db, &connection, began);
        let restoring = shutdown.run_until_cancelled(restoring);
        let outcome = tokio::try_join!(self.publish(&connection, shutdown, backoff), async {
            restoring.await.unwrap_or(Ok(()))
        });
        rabbit::close(&connection).await;
        outcome.map(|_| ())
    }

    async fn publish(
        &self,
        connection: &Connection,
        shutdown: &CancellationToken,
        backoff: &mut Backoff,
    ) -> Result<(), BusError> {
        let channel = rabbit::confirming_channel(connection).await?;
        topology::exchange_is_there(&channel).await?;
        self.link.set(true);
        info!(service = self.db.service(), "The relay is connected");
        let mut left_out = LeftOut::default();
        while !shutdown.is_cancelled() {
            if !connection.status().connected() {
                // Nothing may be there to publish for long, and this says why it was lost.
                topology::exchange_is_there(&channel).await?;
            }
            // A flood of wakes is one wake: what they tell of is in the next batch.
            let _ = self.wake.notified().now_or_never();
            let began = Instant::now();
            let batch = batch::relay_one(&self.db, &channel, &mut left_out).await?;
            backoff.reset();
            self.rest(batch, shutdown).await;
            if batch == Batch::Last {
                tokio::time::sleep_until(began + BATCH_EVERY).await;
            }
        }
        Ok(())
    }

    /// Decides when to look again.
    async fn rest(&self, batch: Batch, shutdown: &CancellationToken) {
        match batch {
            // What was refused is left out of the next batch.
            Batch::Full | Batch::Refused => {}
            Batch::Last => tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(POLL) => {}
                () = shutdown.cancelled() => {}
            },
        }
    }
}

/// Wakes the relays of other processes after this process's commits. For a process without a
/// relay of its own: one wake reaches one waiter.
pub async fn announce(db: &Db, url: SecretString, shutdown: CancellationToken) {
    let channel = channel_name(db.service());
    tokio::select! {
        () = db::notify(url, channel, db.wakes(), NOTIFY_QUIET) => {}
        () = shutdown.cancelled() => {}
    }
}

fn channel_name(service: &str) -> String {
    format!("outbox_{service}")
}
