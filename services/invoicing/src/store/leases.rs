//! Who works on a series: one at a time, in all processes and for all stores of a company. A lease and
//! not a lock of the database, because no connection is held while the provider is asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use db::{Db, Error};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::series_lease;

/// Longer than any call to the provider may take, with a refreshed token and all tries: a holder renews
/// before each call that changes something, so no other begins while one of his is under way.
const FOR: &str = "now() + interval '180 seconds'";

/// A series of a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Series {
    pub company: i64,
    pub set: i64,
}

/// Leases that this process could not give back: whoever works on the series next here goes on with them.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<HashMap<Series, Uuid>>>);

impl Kept {
    pub fn keep(&self, series: Series, holder: Uuid) {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .insert(series, holder);
    }

    /// For one to go on with, once.
    pub fn take(&self, series: Series) -> Option<Uuid> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .remove(&series)
    }
}

/// Takes or renews the lease; false when somebody else has it.
pub async fn hold(db: &Db, series: Series, holder: Uuid) -> Result<bool, Error> {
    db.system("one works on a series of fiscal documents", async |tx| {
        let until = diesel::dsl::sql::<Timestamptz>(FOR);
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
            .execute(&mut tx.conn())
            .await?;
        Ok::<_, Error>(held == 1)
    })
    .await
}

pub async fn release(db: &Db, series: Series, holder: Uuid) -> Result<(), Error> {
    db.system("a series of fiscal documents is free again", async |tx| {
        diesel::delete(series_lease::table)
            .filter(series_lease::company_id.eq(series.company))
            .filter(series_lease::document_set_id.eq(series.set))
            .filter(series_lease::holder.eq(holder))
            .execute(&mut tx.conn())
            .await?;
        Ok::<_, Error>(())
    })
    .await
}
