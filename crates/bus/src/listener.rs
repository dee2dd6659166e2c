//! Hearing on every instance: what each process keeps in memory is dropped or renewed.

use std::collections::BTreeMap;
use std::time::Duration;

use events::Event;
use futures_util::StreamExt;
use lapin::message::Delivery as Message;
use lapin::options::{BasicConsumeOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::backoff::Backoff;
use crate::envelope::{Delivery, Envelope};
use crate::rabbit::{self, BusError, Link, Rabbit};
use crate::topology;

const RECONNECT_FIRST: Duration = Duration::from_millis(100);
const RECONNECT_LAST: Duration = Duration::from_secs(5);

type Notice = Box<dyn Fn(Envelope) -> Result<(), String> + Send + Sync>;

/// One instance's hearing, through a queue of its own that vanishes with it.
///
/// It hears an event perhaps before this service's consumer has written it down: take the new
/// state from the message, not from the tables. Nothing is kept for an instance that is away; it
/// is told that it has [`lost`](Listener::lost) something instead.
pub struct Listener {
    name: &'static str,
    rabbit: Rabbit,
    notices: BTreeMap<&'static str, Notice>,
    lost: Vec<Box<dyn Fn() + Send + Sync>>,
    link: Link,
}

impl Listener {
    /// `name` is the service's.
    pub fn new(name: &'static str, rabbit: Rabbit) -> Self {
        Self {
            name,
            rabbit,
            notices: BTreeMap::new(),
            lost: Vec::new(),
            link: Link::default(),
        }
    }

    /// Calls `notice` for each `E`. It must be quick: it runs between two deliveries.
    #[must_use]
    pub fn on<E: Event>(mut self, notice: impl Fn(Delivery<E>) + Send + Sync + 'static) -> Self {
        let earlier = self.notices.remove(E::TYPE);
        let both = move |envelope: Envelope| {
            let delivery = envelope.open::<E>()?;
            if let Some(earlier) = &earlier {
                earlier(envelope)?;
            }
            notice(delivery);
            Ok(())
        };
        self.notices.insert(E::TYPE, Box::new(both));
        self
    }

    /// Calls `forget` whenever events may have been missed: when the connection is lost, and when
    /// there is a new one. Caches drop everything.
    #[must_use]
    pub fn lost(mut self, forget: impl Fn() + Send + Sync + 'static) -> Self {
        self.lost.push(Box::new(forget));
        self
    }

    /// Whether it hears; while it does not, caches may be stale.
    pub fn link(&self) -> Link {
        self.link.clone()
    }

    /// Runs until `shutdown`; the broker may be away at any time, also at the start.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut backoff = Backoff::new(RECONNECT_FIRST, RECONNECT_LAST);
        while !shutdown.is_cancelled() {
            let outcome = self.session(&shutdown, &mut backoff).await;
            let was_up = self.link.is_up();
            self.link.set(false);
            match outcome {
                Ok(()) => return,
                Err(error) if was_up => {
                    let name = self.name;
                    warn!(service = name, error = %error, "The listener of {name} was interrupted");
                    self.forget();
                }
                Err(_) => {}
            }
            if !backoff.pause(&shutdown).await {
                return;
            }
        }
    }

    fn forget(&self) {
        for forget in &self.lost {
            forget();
        }
    }

    async fn session(
        &self,
        shutdown: &CancellationToken,
        backoff: &mut Backoff,
    ) -> Result<(), BusError> {
        let connection = self.rabbit.connect(self.name, "listener").await?;
        let channel = connection.create_channel().await?;
        let options = QueueDeclareOptions {
            exclusive: true,
            auto_delete: true,
            ..QueueDeclareOptions::default()
        };
        let queue = channel
            .queue_declare("".into(), options, FieldTable::default())
            .await?;
        let queue = queue.name().clone();
        for event_type in self.notices.keys() {
            topology::bind(&channel, queue.as_str(), event_type).await?;
        }
        let options = BasicConsumeOptions {
            no_ack: true,
            ..BasicConsumeOptions::default()
        };
        let mut messages = channel
            .basic_consume(queue, "".into(), options, FieldTable::default())
            .await?;
        self.forget();
        self.link.set(true);
        backoff.reset();
        info!(service = self.name, "The listener is connected");
        loop {
            let next = tokio::select! {
                next = messages.next() => next,
                () = shutdown.cancelled() => break,
            };
            match next {
                Some(Ok(message)) => self.notice(message),
                Some(Err(error)) => return Err(error.into()),
                None => return Err(BusError::NotTaken("a listener".to_owned())),
            }
        }
        rabbit::close(&connection).await;
        Ok(())
    }

    fn notice(&self, message: Message) {
        let heard =
            Envelope::read(self.name, &message.properties, message.data).and_then(|envelope| {
                match self.notices.get(envelope.event_type.as_str()) {
                    Some(notice) => notice(envelope),
                    None => Ok(()),
                }
            });
        if let Err(reason) = heard {
            // The consumer parks it; a listener can only be careful.
            warn!(
                service = self.name,
                reason, "A listener could not read an event"
            );
            self.forget();
        }
    }
}
