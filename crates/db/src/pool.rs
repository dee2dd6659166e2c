//! The pool of one service's role. A connection goes back only when its transaction has ended.

use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Pool, QueueMode, RecycleError, RecycleResult};
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::PoolableConnection;
use tokio_postgres::Config;

use crate::{Error, connect};

/// How long a request waits for a connection before it is told to come again.
pub const POOL_WAIT: Duration = Duration::from_millis(500);

pub(crate) struct Connections {
    config: Config,
}

impl Manager for Connections {
    type Type = AsyncPgConnection;
    type Error = Error;

    async fn create(&self) -> Result<AsyncPgConnection, Error> {
        connect::diesel_connection(&self.config).await
    }

    async fn recycle(
        &self,
        connection: &mut AsyncPgConnection,
        _: &Metrics,
    ) -> RecycleResult<Error> {
        if connection.is_broken() {
            return Err(RecycleError::message("closed by the server"));
        }
        Ok(())
    }
}

pub(crate) fn pool(config: Config, size: usize) -> Result<Pool<Connections>, Error> {
    Pool::builder(Connections { config })
        .max_size(size)
        // The connection that was used last has its statements prepared and its tables known.
        .queue_mode(QueueMode::Lifo)
        .wait_timeout(Some(POOL_WAIT))
        .create_timeout(Some(connect::CONNECT_TIMEOUT * 2))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| Error::Unavailable(error.to_string()))
}
