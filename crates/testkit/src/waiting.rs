//! Waiting for what happens elsewhere, without sleeping for a guessed time.

use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);
const LONG: Duration = Duration::from_secs(60);

/// Looks again and again until `done` says so.
///
/// # Panics
/// When `patience` is over; `what` says what did not happen.
pub async fn eventually(what: &str, patience: Duration, done: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !done().await {
        assert!(began.elapsed() < patience, "waited too long until {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Looks again and again until there is something.
///
/// # Panics
/// After a minute: a machine may have much to do.
pub async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(began.elapsed() < LONG, "waited too long until {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
