//! Asking for work, in the transaction that makes it necessary.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Clock, TenantId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::Job;
use crate::schema::{QUEUED, job};

/// Queues `work` to be done as soon as the transaction commits, after what was due before it. `key`
/// names it among its kind in the tenant: false when it was asked for before, whatever has become of it.
pub async fn enqueue<J: Job>(tx: &mut TenantTx, key: &str, work: &J) -> Result<bool, Error> {
    enqueue_at(tx, key, Clock::system().now(), work).await
}

/// Like [`enqueue`], not before `run_at`.
pub async fn enqueue_at<J: Job>(
    tx: &mut TenantTx,
    key: &str,
    run_at: OffsetDateTime,
    work: &J,
) -> Result<bool, Error> {
    let queued = insert(tx.conn(), tx.tenant(), key, (run_at, work)).await?;
    tx.mark_queued();
    Ok(queued)
}

/// Like [`enqueue`], for a tenant from a system transaction.
pub async fn enqueue_for<J: Job>(
    tx: &mut SystemTx,
    tenant: TenantId,
    key: &str,
    work: &J,
) -> Result<bool, Error> {
    let queued = insert(tx.conn(), tenant, key, (Clock::system().now(), work)).await?;
    tx.mark_queued();
    Ok(queued)
}

/// Takes back what has not been done; an attempt that is under way goes on. False when there is
/// nothing to take back.
pub async fn cancel<J: Job>(tx: &mut TenantTx, key: &str) -> Result<bool, Error> {
    let gone = diesel::delete(job::table)
        .filter(job::tenant_id.eq(tx.tenant().uuid()))
        .filter(job::kind.eq(J::KIND))
        .filter(job::dedupe_key.eq(key))
        .filter(job::state.eq(QUEUED))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(gone > 0)
}

async fn insert<J: Job>(
    mut connection: &AsyncPgConnection,
    tenant: TenantId,
    key: &str,
    (run_at, work): (OffsetDateTime, &J),
) -> Result<bool, Error> {
    let payload = serde_json::to_value(work).expect("a job is plain data");
    let inserted = diesel::insert_into(job::table)
        .values((
            job::tenant_id.eq(tenant.uuid()),
            job::id.eq(Uuid::now_v7()),
            job::kind.eq(J::KIND),
            job::dedupe_key.eq(key),
            job::payload.eq(payload),
            job::run_at.eq(run_at),
        ))
        .on_conflict((job::tenant_id, job::kind, job::dedupe_key))
        .do_nothing()
        .prepared()
        .execute(&mut connection)
        .await?;
    Ok(inserted == 1)
}
