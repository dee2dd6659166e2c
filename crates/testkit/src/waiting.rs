//! Waiting for what happens elsewhere, without sleeping for a guessed time.

use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

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
