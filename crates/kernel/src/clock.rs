//! The one place that asks what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::{Duration, OffsetDateTime};

/// The time of day, UTC. A test makes one that it can move; clones of a clock move together.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that may ask"
    )]
    pub fn now(&self) -> OffsetDateTime {
        let offset = Duration::milliseconds(self.offset_ms.load(Ordering::Relaxed));
        // Microseconds are what PostgreSQL keeps: a time that was stored and read compares equal.
        let now = OffsetDateTime::now_utc() + offset;
        now.replace_nanosecond(now.microsecond() * 1_000)
            .unwrap_or(now)
    }

    /// Seconds since 1970, as tokens and signatures count them.
    pub fn unix(&self) -> i64 {
        self.now().unix_timestamp()
    }

    /// Moves this clock and its clones; for tests.
    pub fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.whole_milliseconds()).unwrap_or(i64::MAX);
        self.offset_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}
