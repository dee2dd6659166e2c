//! The way to the broker.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kernel::config::{Logins, user_of};
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::types::ShortString;
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, ErrorKind};
use secrecy::ExposeSecret;

use crate::topology::RetryDelays;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection keeps room for 64 frames, and the broker's 128 KiB would be 8 MiB for each. Most events
/// fit in one frame of this size; a larger one is sent in several.
const FRAME_BYTES: u32 = 16_384;
/// AMQP's reply code for an orderly end.
pub(crate) const OK: u16 = 200;

/// Where the broker is, and as whom each service enters. Connecting is the workers' business: each
/// has a connection of its own, and tries again for ever.
#[derive(Clone)]
pub struct Rabbit {
    pub(crate) logins: Logins,
    pub(crate) delays: RetryDelays,
}

impl Rabbit {
    /// The URLs are `amqp://user:password@host:port/vhost`, with `?heartbeat=` in seconds if wanted.
    pub fn new(logins: Logins) -> Self {
        Self {
            logins,
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

    /// Whether the broker lets a service in and has what it needs: for those who ask, such as
    /// `stores doctor`.
    pub async fn check(&self, service: &str) -> Result<(), BusError> {
        let connection = self.connect(service, "check").await?;
        let complete = crate::topology::check(&connection, service).await;
        close(&connection).await;
        complete
    }

    /// A connection in the name of `service`, which the broker's management shows with its purpose.
    pub(crate) async fn connect(
        &self,
        service: &str,
        purpose: &str,
    ) -> Result<Connection, BusError> {
        let user = user_of(service);
        let Some(url) = self.logins.of(service) else {
            return Err(BusError::NoLogin(user));
        };
        let name = format!("{service} {purpose}");
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let mut address: AMQPUri = url.expose_secret().parse().map_err(BusError::Address)?;
        address.query.frame_max.get_or_insert(FRAME_BYTES);
        let connecting = Connection::connect_uri(address, properties);
        let connection = tokio::time::timeout(CONNECT_TIMEOUT, connecting).await;
        match connection.map_err(|_| BusError::Timeout("connecting to the broker"))? {
            Err(cause) if is_refusal(&cause) => Err(BusError::NoEntry { user, cause }),
            connection => Ok(connection?),
        }
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
    #[error("the broker was lost: {0}")]
    Broker(lapin::Error),
    #[error("no login to the broker is set for {0}")]
    NoLogin(String),
    #[error("the broker does not let {user} in ({cause}); `stores migrate` makes the logins")]
    NoEntry { user: String, cause: lapin::Error },
    #[error("{0}; `stores migrate` makes the broker's queues and permissions")]
    NotPrepared(lapin::Error),
    #[error("the broker's address cannot be read: {0}")]
    Address(String),
    #[error("{0} took too long")]
    Timeout(&'static str),
    #[error("the broker did not take a message for {0}")]
    NotTaken(String),
    #[error(transparent)]
    Database(#[from] db::Error),
}

impl From<lapin::Error> for BusError {
    fn from(error: lapin::Error) -> Self {
        if is_refusal(&error) || is_missing(&error) {
            Self::NotPrepared(error)
        } else {
            Self::Broker(error)
        }
    }
}

impl From<diesel::result::Error> for BusError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// A login or a permission that is not there, or a virtual host.
fn is_refusal(error: &lapin::Error) -> bool {
    matches!(
        amqp_kind(error),
        Some(
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED)
                | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED)
        )
    )
}

fn is_missing(error: &lapin::Error) -> bool {
    matches!(
        amqp_kind(error),
        Some(AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND))
    )
}

fn amqp_kind(error: &lapin::Error) -> Option<&AMQPErrorKind> {
    match error.kind() {
        ErrorKind::ProtocolError(error) => Some(error.kind()),
        _ => None,
    }
}
