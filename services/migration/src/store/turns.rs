//! The job of a turn, as far as it says until when the turn is its worker's.

use db::{Error, TenantTx};
use diesel::sql_types::{Integer, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

const HOLD: &str = "UPDATE job SET locked_until = $4
  WHERE tenant_id = $1 AND id = $2 AND attempts = $3 AND state = 'queued'";

/// Keeps an attempt of a job its worker's until then; false when it is not any more.
pub async fn hold(
    tx: &TenantTx,
    (job, attempt): (Uuid, u32),
    until: OffsetDateTime,
) -> Result<bool, Error> {
    let held = diesel::sql_query(HOLD)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<SqlUuid, _>(job)
        .bind::<Integer, _>(i32::try_from(attempt).unwrap_or(i32::MAX))
        .bind::<Timestamptz, _>(until)
        .execute(&mut tx.conn())
        .await?;
    Ok(held == 1)
}
