//! Timers are jobs of the platform that are never done: a row each, so that one process takes each
//! round and a round that was missed is made up for once.

use std::collections::BTreeMap;
use std::time::Duration;

use db::{Db, Error, Prepare};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use tracing::warn;
use uuid::Uuid;

use super::Kind;
use crate::schema::job;

/// One round takes no longer.
pub(super) const TIMEOUT: Duration = Duration::from_secs(300);

/// Makes sure that each timer has its row, due at once; false when the database is away.
pub(super) async fn set(
    db: &Db,
    kinds: &BTreeMap<&'static str, Kind>,
    now: OffsetDateTime,
) -> bool {
    for (name, kind) in kinds {
        let Some(every) = kind.every else { continue };
        if let Err(error) = ensure(db, name, now, every).await {
            warn!(job.kind = name, error = %error, "A timer could not be set yet");
            return false;
        }
    }
    true
}

async fn ensure(db: &Db, name: &str, now: OffsetDateTime, every: Duration) -> Result<(), Error> {
    let tx = db.begin_tenant(TenantId::PLATFORM).await?;
    diesel::insert_into(job::table)
        .values((
            job::tenant_id.eq(TenantId::PLATFORM.uuid()),
            job::id.eq(Uuid::now_v7()),
            job::kind.eq(name),
            job::dedupe_key.eq("timer"),
            job::payload.eq(serde_json::Value::Null),
            job::run_at.eq(now),
        ))
        .on_conflict((job::tenant_id, job::kind, job::dedupe_key))
        .do_nothing()
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    // A release may have made the pause shorter.
    diesel::update(job::table)
        .filter(job::tenant_id.eq(TenantId::PLATFORM.uuid()))
        .filter(job::kind.eq(name))
        .filter(job::run_at.gt(now + every))
        .set(job::run_at.eq(now + every))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    tx.commit().await
}
