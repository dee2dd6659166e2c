//! Forgetting what has served: published events, the inbox, revocations of expired tokens, jobs, and
//! the answers to requests that may be repeated.

use std::time::Duration;

use db::Db;
use diesel_async::RunQueryDsl;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::rabbit::BusError;

const EVERY: Duration = Duration::from_secs(600);
/// Rows one statement erases, so that no lock is held for long.
const BATCH: usize = 1_000;

/// Published events stay for seven days: for replays and an empty broker. The inbox outlives every
/// replay. Revocations may go when the last token of the session has expired. A job that is done
/// keeps its key for a month, so that it is not asked for again. An answer may be asked for again for
/// a day.
const STATEMENTS: [&str; 5] = [
    "DELETE FROM outbox WHERE (tenant_id, id) IN (
       SELECT tenant_id, id FROM outbox WHERE published_at < now() - interval '7 days'
       LIMIT 1000 FOR UPDATE SKIP LOCKED)",
    "DELETE FROM inbox WHERE (tenant_id, consumer, event_id) IN (
       SELECT tenant_id, consumer, event_id FROM inbox WHERE at < now() - interval '30 days'
       LIMIT 1000 FOR UPDATE SKIP LOCKED)",
    "DELETE FROM revoked_session WHERE (tenant_id, session_id) IN (
       SELECT tenant_id, session_id FROM revoked_session WHERE expires_at < now() - interval '1 hour'
       LIMIT 1000 FOR UPDATE SKIP LOCKED)",
    "DELETE FROM job WHERE (tenant_id, id) IN (
       SELECT tenant_id, id FROM job WHERE state = 'done' AND finished_at < now() - interval '30 days'
       LIMIT 1000 FOR UPDATE SKIP LOCKED)",
    "DELETE FROM idempotency_key WHERE (tenant_id, principal, key) IN (
       SELECT tenant_id, principal, key FROM idempotency_key
       WHERE created_at < now() - interval '24 hours'
       LIMIT 1000 FOR UPDATE SKIP LOCKED)",
];

/// Sweeps now and then until `shutdown`.
pub(crate) async fn run(db: &Db, shutdown: &CancellationToken) {
    while shutdown
        .run_until_cancelled(tokio::time::sleep(EVERY))
        .await
        .is_some()
    {
        if let Err(error) = sweep(db).await {
            let service = db.service();
            warn!(service, error = %error, "Old events of {service} could not be erased");
        }
    }
}

/// Erases everything that is due; answers how many rows went. The relay does it now and then.
pub async fn sweep(db: &Db) -> Result<usize, BusError> {
    let mut erased = 0;
    for statement in STATEMENTS {
        loop {
            let tx = db.begin_system("erase old events").await?;
            let rows = diesel::sql_query(statement).execute(&mut tx.conn()).await?;
            tx.commit().await?;
            erased += rows;
            if rows < BATCH {
                break;
            }
        }
    }
    Ok(erased)
}
