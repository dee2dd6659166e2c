//! An import goes on for a while, writes down where it is, and lets others have a turn.

use std::time::Duration;

use db::Error;
use jobs::{Job, JobError, Task};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use crate::app::App;
use crate::run::{self, Ended, Trouble};
use crate::store::imports::{self, ImportRow};

/// One turn. A page that is begun is finished.
const SLICE: Duration = Duration::from_secs(20);
/// A list that must be read at once may be longer than a page.
const TURN_MAX: Duration = Duration::from_secs(900);
/// Pauses after turns that got nowhere: doubled each time.
const PAUSE_LAST: Duration = Duration::from_secs(300);
/// Turns in a row without progress after which somebody must look: about half a day.
const FAILURES_MAX: i32 = 150;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunImport {
    pub import_id: Uuid,
    /// Counts the turns.
    pub slice: i64,
}

impl Job for RunImport {
    const KIND: &'static str = "run_import";
    const ATTEMPTS_MAX: u32 = 100;
    const TIMEOUT: Duration = Duration::from_secs(960);
}

/// Queues the next turn, in the transaction that makes it necessary.
pub async fn enqueue(
    tx: &mut db::TenantTx,
    import: Uuid,
    at: time::OffsetDateTime,
) -> Result<(), Error> {
    let slice = imports::next_slice(tx, import).await?;
    let work = RunImport {
        import_id: import,
        slice,
    };
    jobs::enqueue_at(tx, &format!("{import}:{slice}"), at, &work).await?;
    Ok(())
}

/// May be run again: it goes on where the last page was written down.
pub async fn run(app: App, task: Task<RunImport>) -> Result<(), JobError> {
    let id = task.job.import_id;
    let until = Instant::now() + SLICE;
    let tx = app.db.begin_tenant(task.tenant).await?;
    let row = imports::lock_import(&tx, id).await?;
    let Some(row) = row.filter(|row| row.is_under_way() && row.slice == task.job.slice) else {
        tx.rollback().await;
        return Ok(());
    };
    if row.state == imports::QUEUED {
        imports::save_state(&tx, id, imports::RUNNING, app.clock.now()).await?;
    }
    tx.commit().await?;
    let failures = row.failures;
    let turn = run::go_on(&app, task.tenant, &row, until);
    let turn = tokio::time::timeout(TURN_MAX, turn).await;
    let slow = || Trouble::Later {
        pause: Duration::ZERO,
        why: "the shop is so slow that one of its lists could not be read in a quarter of an hour"
            .to_owned(),
        page_size: row.page_size,
    };
    match turn.unwrap_or_else(|_| Err(slow())) {
        Ok(ended) => after(&app, &task, ended).await,
        Err(trouble) => suffer(&app, &task, &row, failures, trouble).await,
    }
}

async fn after(app: &App, task: &Task<RunImport>, ended: Ended) -> Result<(), JobError> {
    let now = app.clock.now();
    let id = task.job.import_id;
    let mut tx = app.db.begin_tenant(task.tenant).await?;
    if !is_mine(&tx, task).await? {
        return Ok(tx.commit().await?);
    }
    match ended {
        Ended::TurnOver => enqueue(&mut tx, id, now).await?,
        Ended::Stopped => imports::save_state(&tx, id, imports::STOPPED, now).await?,
        Ended::Completed => imports::save_state(&tx, id, imports::COMPLETED, now).await?,
    }
    tx.commit().await?;
    if matches!(ended, Ended::Completed) {
        tracing::info!(tenant.id = %task.tenant, import.id = %id, "An import was completed");
    }
    Ok(())
}

/// Whether no other turn took over, and nobody forgot the import.
async fn is_mine(tx: &db::TenantTx, task: &Task<RunImport>) -> Result<bool, Error> {
    let row = imports::lock_import(tx, task.job.import_id).await?;
    Ok(row.is_some_and(|row| row.slice == task.job.slice && row.is_under_way()))
}

/// Tries again later what may mend, and ends what only somebody can.
async fn suffer(
    app: &App,
    task: &Task<RunImport>,
    row: &ImportRow,
    failures: i32,
    trouble: Trouble,
) -> Result<(), JobError> {
    let (now, id) = (app.clock.now(), row.id);
    let (pause, why, page_size) = match trouble {
        Trouble::Database(error) => return Err(error.into()),
        Trouble::Refused(why) => (None, why, row.page_size),
        Trouble::Later {
            pause,
            why,
            page_size,
        } => {
            let grown = Duration::from_secs(1)
                .saturating_mul(2_u32.saturating_pow(u32::try_from(failures).unwrap_or(0)))
                .min(PAUSE_LAST);
            let is_over = failures >= FAILURES_MAX;
            (Some(pause.max(grown)).filter(|_| !is_over), why, page_size)
        }
    };
    let mut tx = app.db.begin_tenant(task.tenant).await?;
    if !is_mine(&tx, task).await? {
        return Ok(tx.commit().await?);
    }
    imports::save_failure(&tx, id, &why, page_size).await?;
    match pause {
        Some(pause) => {
            let wait = time::Duration::try_from(pause).unwrap_or(time::Duration::MINUTE);
            enqueue(&mut tx, id, now + wait).await?;
        }
        None => imports::save_state(&tx, id, imports::FAILED, now).await?,
    }
    tx.commit().await?;
    tracing::warn!(tenant.id = %task.tenant, import.id = %id, why, "An import got nowhere");
    Ok(())
}
