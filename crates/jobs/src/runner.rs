//! Running what is queued and what comes round by itself.

mod hold;
mod timers;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use db::Db;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use kernel::{Clock, TenantId};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, error, info_span, warn};

use self::hold::{Hold, InHand};
use crate::claim::{self, Claimed, End, Wanted};
use crate::{Job, JobError, Task};

/// The runner looks by itself this often; jobs queued in its own process wake it at once.
const POLL: Duration = Duration::from_millis(500);
const AFTER_TROUBLE: Duration = Duration::from_secs(1);
/// A job whose holder has given no sign of life for so long is anybody's.
const LEASE: Duration = Duration::from_secs(45);

type Work = Arc<dyn Fn(Claimed) -> BoxFuture<'static, Result<(), JobError>> + Send + Sync>;

/// How one kind is run.
#[derive(Clone)]
struct Kind {
    attempts_max: u32,
    timeout: Duration,
    /// Present for timers: the pause between two runs.
    every: Option<Duration>,
    work: Work,
}

/// Runs one service's jobs; several processes may, each job is in one of them at a time.
pub struct Runner {
    db: Db,
    clock: Clock,
    kinds: BTreeMap<&'static str, Kind>,
    concurrency: usize,
    lease: Duration,
    in_hand: InHand,
}

impl Runner {
    pub fn new(db: Db, clock: Clock) -> Self {
        Self {
            db,
            clock,
            kinds: BTreeMap::new(),
            concurrency: 8,
            lease: LEASE,
            in_hand: InHand::default(),
        }
    }

    /// How many jobs are run at once.
    #[must_use]
    pub fn concurrency(self, concurrency: usize) -> Self {
        Self {
            concurrency: concurrency.max(1),
            ..self
        }
    }

    /// How long a job is held without a sign of life of this process, which gives several in that time.
    #[must_use]
    pub fn lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// Runs jobs of the kind `J`: `async fn(S, Task<J>) -> Result<(), JobError>`.
    #[must_use]
    pub fn on<J, S, F, A>(mut self, state: S, work: F) -> Self
    where
        J: Job,
        S: Clone + Send + Sync + 'static,
        F: Fn(S, Task<J>) -> A + Send + Sync + 'static,
        A: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let work: Work = Arc::new(move |claimed| match task::<J>(claimed) {
            Ok(task) => Box::pin(work(state.clone(), task)),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        });
        let kind = Kind {
            attempts_max: J::ATTEMPTS_MAX,
            timeout: J::TIMEOUT,
            every: None,
            work,
        };
        self.kinds.insert(J::KIND, kind);
        self
    }

    /// Runs `work` once in `every`, in one process: `async fn(S) -> anyhow::Result<()>`. A failure
    /// is logged and waits for the next time.
    #[must_use]
    pub fn every<S, F, A>(mut self, name: &'static str, every: Duration, state: S, work: F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(S) -> A + Send + Sync + 'static,
        A: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let work: Work = Arc::new(move |_| {
            let round = work(state.clone());
            Box::pin(async move { round.await.map_err(JobError::Retry) })
        });
        let timeout = timers::TIMEOUT;
        let kind = Kind {
            attempts_max: u32::MAX,
            timeout,
            every: Some(every),
            work,
        };
        self.kinds.insert(name, kind);
        self
    }

    /// Runs until `shutdown`, then finishes the jobs in hand. The database may be away at any time.
    pub async fn run(self, shutdown: CancellationToken) {
        if self.kinds.is_empty() {
            return;
        }
        let wake = self.db.job_wakes();
        let mut running = JoinSet::new();
        let mut timers_set = false;
        while !shutdown.is_cancelled() {
            if !timers_set {
                timers_set = timers::set(&self.db, &self.kinds, self.clock.now()).await;
            }
            while running.try_join_next().is_some() {}
            let (taken, pause) = match self.take(&running).await {
                Ok(taken) => (taken, POLL),
                Err(error) => {
                    let service = self.db.service();
                    warn!(service, error = %error, "Jobs of {service} cannot be taken");
                    (Vec::new(), AFTER_TROUBLE)
                }
            };
            let nothing = taken.is_empty();
            for (claimed, kind) in taken {
                running.spawn(run_one(self.hold(claimed), kind));
            }
            let full = running.len() >= self.concurrency;
            tokio::select! {
                // A free hand, or more of the same, is a reason to look again.
                _ = running.join_next(), if full => {}
                () = std::future::ready(()), if !full && !nothing => {}
                () = wake.notified(), if nothing => {}
                () = tokio::time::sleep(pause) => {}
                () = shutdown.cancelled() => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    fn hold(&self, claimed: Claimed) -> Hold {
        let (db, clock) = (self.db.clone(), self.clock.clone());
        Hold::new(db, clock, claimed, self.lease, &self.in_hand)
    }

    /// As many due jobs as there are free hands.
    async fn take(&self, running: &JoinSet<()>) -> Result<Vec<(Claimed, Kind)>, db::Error> {
        let free = self.concurrency.saturating_sub(running.len());
        if free == 0 {
            return Ok(Vec::new());
        }
        let kinds: Vec<&str> = self.kinds.keys().copied().collect();
        let wanted = Wanted {
            kinds: &kinds,
            but: &self.in_hand.ids(),
            limit: i64::try_from(free).unwrap_or(i64::MAX),
            lease: self.lease,
        };
        let claimed = claim::claim(&self.db, &wanted, self.clock.now()).await?;
        let known = |claimed: Claimed| {
            let kind = self.kinds.get(claimed.kind.as_str()).cloned()?;
            Some((claimed, kind))
        };
        Ok(claimed.into_iter().filter_map(known).collect())
    }
}

async fn run_one(mut hold: Hold, kind: Kind) {
    let claimed = hold.claimed.clone();
    let (service, name) = (hold.db.service(), claimed.kind.clone());
    let span =
        info_span!("job", job.kind = name, job.id = %claimed.id, tenant.id = %claimed.tenant_id);
    let began = Instant::now();
    let work = AssertUnwindSafe((kind.work)(claimed.clone()))
        .catch_unwind()
        .instrument(span);
    let failed = |why: &'static str| Err(JobError::Retry(anyhow::anyhow!(why)));
    let outcome = tokio::select! {
        ended = tokio::time::timeout(kind.timeout, work) => match ended {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => failed("the job panicked"),
            Err(_) => failed("the job took too long"),
        },
        // Another process may have begun it by now.
        () = hold.keep_until_lost() => failed("the job could not be held"),
    };
    let label = if outcome.is_ok() { "done" } else { "failed" };
    metrics::histogram!("job_seconds", "service" => service, "kind" => name.clone(), "outcome" => label)
        .record(began.elapsed());
    let end = decide(&claimed, &kind, outcome, &hold.clock);
    match &end {
        End::Parked { error } => {
            metrics::counter!("job_parked_total", "service" => service, "kind" => name.clone())
                .increment(1);
            error!(service, job.kind = name, job.id = %claimed.id, error, "A job was parked");
        }
        End::Retry { error, .. } => {
            warn!(service, job.kind = name, job.id = %claimed.id, attempt = claimed.attempts, error, "A job failed and is tried again");
        }
        End::Done | End::Again(_) => {}
    }
    hold.write_end(&end).await;
}

fn decide(claimed: &Claimed, kind: &Kind, outcome: Result<(), JobError>, clock: &Clock) -> End {
    let now = clock.now();
    if let Some(every) = kind.every {
        if let Err(error) = outcome {
            warn!(job.kind = claimed.kind, error = %error, "A timer's round failed");
        }
        return End::Again(now + every);
    }
    let failures = u32::try_from(claimed.attempts).unwrap_or(0);
    let (pause, error) = match outcome {
        Ok(()) => return End::Done,
        Err(JobError::Park(error)) => return End::Parked { error },
        Err(JobError::Retry(error)) => (claim::pause_after(failures), error),
        Err(JobError::RetryIn(pause, error)) => (pause, error),
    };
    let error = format!("{error:#}");
    if failures >= kind.attempts_max {
        return End::Parked { error };
    }
    End::Retry {
        at: now + pause,
        error,
    }
}

fn task<J: Job>(claimed: Claimed) -> Result<Task<J>, JobError> {
    let job = serde_json::from_value(claimed.payload)
        .map_err(|error| JobError::Park(format!("the payload is no {}: {error}", J::KIND)))?;
    let attempt = u32::try_from(claimed.attempts).unwrap_or(1);
    Ok(Task {
        tenant: TenantId::from_uuid(claimed.tenant_id),
        id: claimed.id,
        attempt,
        job,
    })
}
