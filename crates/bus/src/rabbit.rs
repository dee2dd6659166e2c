//! The way to the broker.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lapin::types::ShortString;
use lapin::{Channel, Connection, ConnectionProperties};
use secrecy::{ExposeSecret, SecretString};

use crate::topology::RetryDelays;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// AMQP's reply code for an orderly end.
const OK: u16 = 200;

/// Where the broker is. Connecting is the workers' business: each has a connection of its own,
/// and tries again for ever.
#[derive(Clone)]
pub struct Rabbit {
    url: SecretString,
    pub(crate) delays: RetryDelays,
}

impl Rabbit {
    /// `url` is `amqp://user:password@host:port/vhost`, with `?heartbeat=` in seconds if wanted.
    pub fn new(url: SecretString) -> Self {
        Self {
            url,
            delays: RetryDelays::default(),
        }
    }

    /// Other pauses before a failed delivery comes again: for tests.
    pub fn with_retry_delays(self, delays: [Duration; 4]) -> Self {
        Self {
            delays: RetryDelays(delays),
            ..self
        }
    }

    /// Whether the broker lets us in: for those who ask, such as `stores doctor`.
    pub async fn check(&self) -> Result<(), BusError> {
        let connection = self.connect("check").await?;
        close(&connection).await;
        Ok(())
    }

    /// A connection that the broker's management shows under `name`.
    pub(crate) async fn connect(&self, name: &str) -> Result<Connection, BusError> {
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let connecting = Connection::connect(self.url.expose_secret(), properties);
        let connection = tokio::time::timeout(CONNECT_TIMEOUT, connecting).await;
        Ok(connection.map_err(|_| BusError::Timeout("connecting to the broker"))??)
    }
}

/// Ends a connection in good order; the broker may already be gone.
pub(crate) async fn close(connection: &Connection) {
    let goodbye = connection.close(OK, ShortString::from("done"));
    let _ = tokio::time::timeout(CONNECT_TIMEOUT, goodbye).await;
}

/// A channel whose publishings are confirmed.
pub(crate) async fn confirming_channel(connection: &Connection) -> Result<Channel, BusError> {
    let channel = connection.create_channel().await?;
    channel
        .confirm_select(lapin::options::ConfirmSelectOptions::default())
        .await?;
    Ok(channel)
}

/// Whether a worker has its connection to the broker, for health and metrics. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Link(Arc<AtomicBool>);

impl Link {
    pub fn is_up(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, up: bool) {
        self.0.store(up, Ordering::Relaxed);
    }
}

/// Why something could not be brought to the broker.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("the broker refused or was lost: {0}")]
    Broker(#[from] lapin::Error),
    #[error("{0} took too long")]
    Timeout(&'static str),
    #[error("the broker did not take a message for {0}")]
    NotTaken(String),
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<diesel::result::Error> for BusError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}
