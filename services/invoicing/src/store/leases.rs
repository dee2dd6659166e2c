//! Who works on a series: one at a time, in all processes and for all stores of a company. A lease and
//! not a lock of the database, because no connection is held while the provider is asked.

use std::time::Duration;

use db::{Db, Error, Prepare};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::schema::series_lease;

/// After this a series whose worker is dead is anybody's.
const FOR: Duration = Duration::from_secs(45);
const UNTIL: &str = "now() + interval '45 seconds'";
/// A worker that lives renews this often, and waits for it this long.
const BEAT: Duration = Duration::from_secs(15);
const PATIENCE: Duration = Duration::from_secs(5);
/// Two tries fit in.
const _: () = assert!((BEAT.as_secs() + PATIENCE.as_secs()) * 2 < FOR.as_secs());

/// A series of a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Series {
    pub company: i64,
    pub set: i64,
}

/// The right to work on a series.
pub struct Lease {
    db: Db,
    pub series: Series,
    holder: Uuid,
}

impl Lease {
    /// Nothing when somebody else has it.
    pub async fn take(db: &Db, series: Series) -> Result<Option<Self>, Error> {
        let lease = Self {
            db: db.clone(),
            series,
            holder: Uuid::now_v7(),
        };
        Ok(lease.renew().await?.then_some(lease))
    }

    /// False when somebody else has it.
    pub async fn renew(&self) -> Result<bool, Error> {
        hold(&self.db, self.series, self.holder).await
    }

    /// Renews as long as the work goes on. Ends when somebody else has the series, or could have it soon
    /// because the database does not answer: the work must end then.
    pub async fn keep(&self) {
        let mut renewed = Instant::now();
        loop {
            sleep(BEAT).await;
            let asked = Instant::now();
            match timeout(PATIENCE, self.renew()).await {
                Ok(Ok(true)) => renewed = asked,
                Ok(Err(_)) | Err(_) if renewed.elapsed() + BEAT + PATIENCE < FOR => {}
                Ok(Ok(false) | Err(_)) | Err(_) => return,
            }
        }
    }

    pub async fn give_back(self) -> Result<(), Error> {
        release(&self.db, self.series, self.holder).await
    }
}

/// Takes or renews; false when somebody else has it.
async fn hold(db: &Db, series: Series, holder: Uuid) -> Result<bool, Error> {
    db.system("one works on a series of fiscal documents", async |tx| {
        let until = diesel::dsl::sql::<Timestamptz>(UNTIL);
        let upsert = diesel::insert_into(series_lease::table)
            .values((
                series_lease::company_id.eq(series.company),
                series_lease::document_set_id.eq(series.set),
                series_lease::holder.eq(holder),
                series_lease::until.eq(until.clone()),
            ))
            .on_conflict((series_lease::company_id, series_lease::document_set_id))
            .do_update()
            .set((
                series_lease::holder.eq(holder),
                series_lease::until.eq(until),
            ));
        let free = series_lease::holder
            .eq(holder)
            .or(series_lease::until.lt(now));
        let held = diesel::query_dsl::methods::FilterDsl::filter(upsert, free)
            .prepared()
            .execute(&mut tx.conn())
            .await?;
        Ok::<_, Error>(held == 1)
    })
    .await
}

async fn release(db: &Db, series: Series, holder: Uuid) -> Result<(), Error> {
    db.system("a series of fiscal documents is free again", async |tx| {
        diesel::delete(series_lease::table)
            .filter(series_lease::company_id.eq(series.company))
            .filter(series_lease::document_set_id.eq(series.set))
            .filter(series_lease::holder.eq(holder))
            .prepared()
            .execute(&mut tx.conn())
            .await?;
        Ok::<_, Error>(())
    })
    .await
}
