//! Work outside requests: queued in the transaction that asks for it, run by one process at a
//! time, tried again after failures, parked for a person after too many.
//!
//! ```ignore
//! #[derive(Serialize, Deserialize)]
//! struct CancelIntent { payment_id: PaymentId }
//! impl Job for CancelIntent { const KIND: &'static str = "cancel_intent"; }
//!
//! // Asking, with the change that makes it necessary; the key makes a repeat nothing:
//! jobs::enqueue(tx, &payment_id.to_string(), &CancelIntent { payment_id }).await?;
//!
//! // Doing: outside any transaction, so outside systems may be called. It can be run again.
//! async fn cancel_intent(app: App, task: Task<CancelIntent>) -> Result<(), JobError> { .. }
//!
//! let runner = Runner::new(db, clock)
//!     .on(app.clone(), cancel_intent)
//!     .every("expire_reservations", Duration::from_secs(10), app, expire_reservations);
//! tokio::spawn(runner.run(shutdown));
//! ```

mod claim;
mod listing;
mod parked;
mod queue;
mod runner;
mod schema;

pub use listing::{JobRow, list};
pub use parked::{ParkedJob, discard, list_parked, retry};
pub use queue::{cancel, enqueue, enqueue_at, enqueue_for};
pub use runner::Runner;

use std::time::Duration;

use kernel::TenantId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A kind of work, with what it needs to know. What is queued outlives releases: fields are added
/// with a default, never renamed.
pub trait Job: Serialize + DeserializeOwned + Send + 'static {
    /// Names the kind in the table: lower case, a verb first.
    const KIND: &'static str;
    /// Failures after which it is parked.
    const ATTEMPTS_MAX: u32 = 12;
    /// One attempt takes no longer. The jobs of a process that died are taken up much sooner.
    const TIMEOUT: Duration = Duration::from_secs(60);
}

/// A job in hand.
#[derive(Clone, Debug)]
pub struct Task<J> {
    pub tenant: TenantId,
    pub id: Uuid,
    /// 1 for the first attempt.
    pub attempt: u32,
    pub job: J,
}

/// Why a job is not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It may work later: tried again after growing pauses with jitter.
    #[error("{0:#}")]
    Retry(anyhow::Error),
    /// Not before that time, as when the other side said `Retry-After`.
    #[error("{1:#}")]
    RetryIn(Duration, anyhow::Error),
    /// It will never work; parked at once. The text is for the person who looks at it.
    #[error("{0}")]
    Park(String),
}

impl From<anyhow::Error> for JobError {
    fn from(error: anyhow::Error) -> Self {
        Self::Retry(error)
    }
}

impl From<db::Error> for JobError {
    fn from(error: db::Error) -> Self {
        Self::Retry(error.into())
    }
}
