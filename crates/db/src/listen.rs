//! Waking across processes: `LISTEN` on a connection of its own.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::Notify;
use tokio_postgres::AsyncMessage;
use tracing::warn;

use crate::Error;
use crate::connect;

const RECONNECT_AFTER: Duration = Duration::from_secs(2);

/// Tells `wake` each time somebody notifies `channel`; reconnects for ever. Ends when the future
/// is dropped. A notification may be lost while it reconnects: listeners also look by themselves.
pub async fn listen(url: SecretString, channel: String, wake: Arc<Notify>) {
    loop {
        if let Err(error) = listen_once(&url, &channel, &wake).await {
            warn!(channel, error = %error, "Listening was interrupted");
        }
        tokio::time::sleep(RECONNECT_AFTER).await;
    }
}

async fn listen_once(url: &SecretString, channel: &str, wake: &Notify) -> Result<(), Error> {
    let (client, mut driver) = connect::bare(&connect::parse(url)?).await?;
    let forward = async {
        while let Some(message) = poll_fn(|cx| driver.poll_message(cx)).await {
            if let AsyncMessage::Notification(_) = message? {
                wake.notify_one();
            }
        }
        Ok(())
    };
    let subscribe = async {
        client
            .batch_execute(&format!("LISTEN \"{channel}\""))
            .await?;
        wake.notify_one();
        // The client must outlive the subscription.
        std::future::pending::<Result<(), Error>>().await
    };
    tokio::select! {
        ended = forward => ended,
        failed = subscribe => failed,
    }
}

/// Wakes the listeners of `channel` in other processes, at most once in `quiet` however often
/// `wake` is told. It runs outside the writing transactions on purpose: a `NOTIFY` inside them
/// takes a lock that makes all commits of the database wait for each other.
pub async fn notify(url: SecretString, channel: String, wake: Arc<Notify>, quiet: Duration) {
    loop {
        if let Err(error) = notify_until_lost(&url, &channel, &wake, quiet).await {
            warn!(channel, error = %error, "Notifying was interrupted");
        }
        tokio::time::sleep(RECONNECT_AFTER).await;
    }
}

async fn notify_until_lost(
    url: &SecretString,
    channel: &str,
    wake: &Notify,
    quiet: Duration,
) -> Result<(), Error> {
    let (client, mut driver) = connect::bare(&connect::parse(url)?).await?;
    let drive = async {
        while let Some(message) = poll_fn(|cx| driver.poll_message(cx)).await {
            message?;
        }
        Ok(())
    };
    let tell = async {
        loop {
            wake.notified().await;
            client
                .batch_execute(&format!("NOTIFY \"{channel}\""))
                .await?;
            tokio::time::sleep(quiet).await;
        }
    };
    tokio::select! {
        ended = drive => ended,
        failed = tell => failed,
    }
}
