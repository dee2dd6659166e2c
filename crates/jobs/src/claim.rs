//! Taking jobs from the table and writing down what became of them.

use std::time::Duration;

use db::{Db, Error, Prepare, one_of};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::schema::{DONE, PARKED, job};

const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_LAST: Duration = Duration::from_secs(600);
const ERROR_CHARS_MAX: usize = 2_000;

/// A job that this process holds until its lease ends.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = job, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Claimed {
    pub(crate) tenant_id: Uuid,
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) payload: serde_json::Value,
    /// Counts the attempt in hand, once claimed.
    pub(crate) attempts: i32,
}

/// What became of an attempt.
pub(crate) enum End {
    Done,
    /// A timer's next time; it starts counting anew.
    Again(OffsetDateTime),
    Retry {
        at: OffsetDateTime,
        error: String,
    },
    Parked {
        error: String,
    },
}

/// What a runner looks for.
pub(crate) struct Wanted<'a> {
    pub(crate) kinds: &'a [&'a str],
    /// Jobs it has in hand, whose leases it may have failed to renew.
    pub(crate) but: &'a [Uuid],
    pub(crate) limit: i64,
    pub(crate) lease: Duration,
}

/// Takes due jobs that nobody holds.
pub(crate) async fn claim(
    db: &Db,
    wanted: &Wanted<'_>,
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, Error> {
    let tx = db.begin_system("take due jobs").await?;
    let free = job::locked_until.is_null().or(job::locked_until.lt(now));
    let mut due: Vec<Claimed> = job::table
        // Not a parameter: a plan that is kept for any state could not use the index of the queued.
        .filter(sql::<Bool>("state = 'queued'"))
        .filter(job::run_at.le(now))
        .filter(job::kind.eq_any(wanted.kinds))
        .filter(job::id.ne_all(wanted.but))
        .filter(free.assume_not_null())
        .order(job::run_at)
        .limit(wanted.limit)
        .for_update()
        .skip_locked()
        .select(Claimed::as_select())
        .prepared()
        .load(&mut tx.conn())
        .await?;
    if due.is_empty() {
        tx.rollback().await;
        return Ok(due);
    }
    let ids: Vec<Uuid> = due.iter().map(|claimed| claimed.id).collect();
    let tenants: Vec<Uuid> = due.iter().map(|claimed| claimed.tenant_id).collect();
    diesel::update(job::table)
        .filter(one_of(job::tenant_id, &tenants))
        .filter(one_of(job::id, &ids))
        .set((
            job::locked_until.eq(now + wanted.lease),
            job::attempts.eq(job::attempts + 1),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    tx.commit().await?;
    for claimed in &mut due {
        claimed.attempts += 1;
    }
    Ok(due)
}

/// Holds a job until `until`; false when somebody else has taken it since. One that was taken back
/// while it is worked on is nobody else's.
pub(crate) async fn renew(
    db: &Db,
    claimed: &Claimed,
    until: OffsetDateTime,
) -> Result<bool, Error> {
    let tx = db
        .begin_tenant(TenantId::from_uuid(claimed.tenant_id))
        .await?;
    let this = job::table
        .filter(job::tenant_id.eq(claimed.tenant_id))
        .filter(job::id.eq(claimed.id));
    let renewed = diesel::update(this.filter(job::attempts.eq(claimed.attempts)))
        .set(job::locked_until.eq(until))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    let mut is_ours = renewed == 1;
    if !is_ours {
        let others: i64 = this.count().get_result(&mut tx.conn()).await?;
        is_ours = others == 0;
    }
    tx.commit().await?;
    Ok(is_ours)
}

/// Writes the end down, unless the lease ran out and another process has taken the job since.
pub(crate) async fn finish(
    db: &Db,
    claimed: &Claimed,
    end: &End,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let tx = db
        .begin_tenant(TenantId::from_uuid(claimed.tenant_id))
        .await?;
    let mine = job::table
        .filter(job::tenant_id.eq(claimed.tenant_id))
        .filter(job::id.eq(claimed.id))
        .filter(job::attempts.eq(claimed.attempts));
    let none = None::<OffsetDateTime>;
    let released = job::locked_until.eq(none);
    let row = diesel::update(mine);
    let mut connection = tx.conn();
    match end {
        End::Done => {
            let set = (released, job::state.eq(DONE), job::finished_at.eq(now));
            row.set(set).prepared().execute(&mut connection).await?;
        }
        End::Again(at) => {
            let set = (
                released,
                job::run_at.eq(*at),
                job::attempts.eq(0),
                job::finished_at.eq(now),
            );
            row.set(set).prepared().execute(&mut connection).await?;
        }
        End::Retry { at, error } => {
            let set = (
                released,
                job::run_at.eq(*at),
                job::last_error.eq(short(error)),
            );
            row.set(set).prepared().execute(&mut connection).await?;
        }
        End::Parked { error } => {
            let state = job::state.eq(PARKED);
            let set = (
                released,
                state,
                job::finished_at.eq(now),
                job::last_error.eq(short(error)),
            );
            row.set(set).prepared().execute(&mut connection).await?;
        }
    }
    tx.commit().await
}

/// The pause after the given number of failures: doubled each time, with jitter.
pub(crate) fn pause_after(failures: u32) -> Duration {
    let doubled = RETRY_FIRST.saturating_mul(2_u32.saturating_pow(failures.saturating_sub(1)));
    doubled
        .min(RETRY_LAST)
        .mul_f64(rand::random_range(0.5..1.0))
}

fn short(error: &str) -> String {
    error.chars().take(ERROR_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_ten_minutes() {
        for (failures, longest) in [(1, 1), (2, 2), (5, 16), (11, 600), (4_000_000, 600)] {
            let pause = pause_after(failures);
            let longest = Duration::from_secs(longest);
            assert!(
                pause <= longest && pause >= longest / 2,
                "{failures}: {pause:?}"
            );
        }
    }
}
