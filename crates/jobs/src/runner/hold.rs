//! Holding a job while it is worked on. The lease is short and renewed, so that what a process had in
//! hand when it died is soon taken up by another.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use db::Db;
use kernel::Clock;
use tokio::time::Instant;
use tracing::warn;
use uuid::Uuid;

use crate::claim::{self, Claimed, End};

/// Signs of life in the time of a lease; all but the last may be lost.
const RENEWALS: u32 = 4;
const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_LAST: Duration = Duration::from_secs(5);

/// The jobs that a runner is working on.
#[derive(Clone, Default)]
pub(super) struct InHand(Arc<Mutex<BTreeSet<Uuid>>>);

impl InHand {
    pub(super) fn ids(&self) -> Vec<Uuid> {
        let ids = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.iter().copied().collect()
    }
}

/// A claimed job, until this is dropped.
pub(super) struct Hold {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) claimed: Claimed,
    lease: Duration,
    /// When the lease ends, as far as is known here.
    until: Instant,
    in_hand: InHand,
}

impl Hold {
    pub(super) fn new(
        db: Db,
        clock: Clock,
        claimed: Claimed,
        lease: Duration,
        in_hand: &InHand,
    ) -> Self {
        let mut ids = in_hand.0.lock().unwrap_or_else(PoisonError::into_inner);
        ids.insert(claimed.id);
        drop(ids);
        Self {
            db,
            clock,
            claimed,
            lease,
            until: Instant::now() + lease,
            in_hand: in_hand.clone(),
        }
    }

    /// Renews the lease; ends when it was lost, or may have been.
    pub(super) async fn keep_until_lost(&mut self) {
        while Instant::now() < self.until {
            tokio::time::sleep(self.lease / RENEWALS).await;
            let began = Instant::now();
            let until = self.clock.now() + self.lease;
            let renewal = claim::renew(&self.db, &self.claimed, until);
            match tokio::time::timeout_at(self.until, renewal).await {
                Ok(Ok(true)) => self.until = began + self.lease,
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => {
                    let (service, kind) = (self.db.service(), &self.claimed.kind);
                    warn!(service, job.kind = kind, error = %error, "A job's lease could not be renewed yet");
                }
            }
        }
    }

    /// Writes down what became of the job, again and again while it is surely held: a job whose end
    /// is not written runs once more.
    pub(super) async fn write_end(&self, end: &End) {
        let mut pause = PAUSE_FIRST;
        loop {
            let now = self.clock.now();
            let Err(error) = claim::finish(&self.db, &self.claimed, end, now).await else {
                return;
            };
            if Instant::now() + pause >= self.until {
                let (service, kind) = (self.db.service(), &self.claimed.kind);
                warn!(service, job.kind = kind, error = %error, "A job's end could not be written; it runs again");
                return;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE_LAST);
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut ids = self
            .in_hand
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        ids.remove(&self.claimed.id);
    }
}
