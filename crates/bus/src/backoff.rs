//! Growing pauses between attempts.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Doubles from `first` to `last`, with jitter, so that many who lost the same thing do not come
/// back at the same moment.
pub(crate) struct Backoff {
    first: Duration,
    last: Duration,
    next: Duration,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, last: Duration) -> Self {
        Self {
            first,
            last,
            next: first,
        }
    }

    /// Begins anew after a success.
    pub(crate) const fn reset(&mut self) {
        self.next = self.first;
    }

    /// Waits; false when `shutdown` came first.
    pub(crate) async fn pause(&mut self, shutdown: &CancellationToken) -> bool {
        let pause = self.next.mul_f64(rand::random_range(0.5..1.0));
        self.next = (self.next * 2).min(self.last);
        tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = shutdown.cancelled() => false,
        }
    }
}
