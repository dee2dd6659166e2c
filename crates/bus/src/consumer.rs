//! Hearing: deliveries become the effects of handlers, acknowledged after their commit.

mod acks;
mod board;
mod handler;
mod lane;
mod session;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use db::Db;
use events::Event;
use events::orders::v1::CustomerSessionRevoked;
use events::tenants::v1::{SessionRevoked, StaffChanged, TenantChanged};
use events::topology::heard_by;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use crate::backoff::Backoff;
use crate::projections;
use crate::rabbit::{Link, Rabbit};

use handler::{Handle, erase};
pub use handler::{HandleError, Handler, StatefulHandler};

const RECONNECT_FIRST: Duration = Duration::from_millis(100);
const RECONNECT_LAST: Duration = Duration::from_secs(5);

/// One service's hearing. Several instances of a service share the queue.
pub struct Consumer {
    service: &'static str,
    db: Db,
    rabbit: Rabbit,
    handlers: BTreeMap<&'static str, Handle>,
    lanes: usize,
    link: Link,
}

impl Consumer {
    /// `service` names the queue; what it hears is in `events::topology`.
    pub fn new(service: &'static str, db: Db, rabbit: Rabbit) -> Self {
        let handlers = BTreeMap::new();
        Self {
            service,
            db,
            rabbit,
            handlers,
            lanes: 4,
            link: Link::default(),
        }
    }

    /// How many deliveries are worked on at once; those of one aggregate come one after another.
    #[must_use]
    pub fn lanes(self, lanes: usize) -> Self {
        Self {
            lanes: lanes.max(1),
            ..self
        }
    }

    /// Handles `E`: `async fn(&mut TenantTx, Delivery<E>) -> Result<(), HandleError>`.
    #[must_use]
    pub fn on<E, H>(mut self, handler: H) -> Self
    where
        E: Event,
        H: for<'a> Handler<'a, E>,
    {
        self.handlers.insert(E::TYPE, erase::<E, H>(handler));
        self
    }

    /// Handles `E` with something besides the transaction, such as a clock:
    /// `async fn(&mut TenantTx, Delivery<E>, S) -> Result<(), HandleError>`.
    #[must_use]
    pub fn on_with<E, S, H>(mut self, state: S, handler: H) -> Self
    where
        E: Event,
        S: Clone + Send + Sync + 'static,
        H: for<'a> StatefulHandler<'a, E, S>,
    {
        let handle: Handle = Arc::new(move |tx, envelope| match envelope.open::<E>() {
            Ok(delivery) => Box::pin(handler.call(tx, delivery, state.clone())),
            Err(reason) => Box::pin(std::future::ready(Err(HandleError::Park(reason)))),
        });
        self.handlers.insert(E::TYPE, handle);
        self
    }

    /// Keeps `tenant_view`, `revoked_session` and `staff_view`, as every service does.
    #[must_use]
    pub fn with_projections(self) -> Self {
        self.on::<TenantChanged, _>(projections::tenant_changed)
            .on::<SessionRevoked, _>(projections::session_revoked)
            .on::<CustomerSessionRevoked, _>(projections::customer_session_revoked)
            .on::<StaffChanged, _>(projections::staff_changed)
    }

    /// Whether the consumer is connected, for health.
    pub fn link(&self) -> Link {
        self.link.clone()
    }

    /// Runs until `shutdown`, then stops taking deliveries and finishes those in hand. The broker
    /// and the database may be away at any time, also at the start.
    ///
    /// # Panics
    /// When the service hears an event that it has no handler for: `events::topology` and the
    /// service disagree, and no test of the service can have passed.
    pub async fn run(self, shutdown: CancellationToken) {
        let deaf: Vec<_> = heard_by(self.service)
            .iter()
            .filter(|event_type| !self.handlers.contains_key(**event_type))
            .collect();
        assert!(
            deaf.is_empty(),
            "{} has no handler for {deaf:?}",
            self.service
        );
        let service = self.service;
        let mut backoff = Backoff::new(RECONNECT_FIRST, RECONNECT_LAST);
        let consumer = Arc::new(self);
        while !shutdown.is_cancelled() {
            let outcome = session::run(&consumer, &shutdown, &mut backoff).await;
            consumer.link.set(false);
            if let Err(error) = outcome {
                warn!(service, error = %error, "The consumer of {service} was interrupted");
            }
            if !backoff.pause(&shutdown).await {
                break;
            }
        }
    }

    fn handler(&self, event_type: &str) -> Option<&Handle> {
        let found = self.handlers.get(event_type);
        if found.is_none() {
            error!(service = self.service, event.type = event_type, "Nobody handles this event");
        }
        found
    }
}
