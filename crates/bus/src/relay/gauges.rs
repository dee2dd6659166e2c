//! How far behind the outbox is.

use std::time::Duration;

use db::Db;
use diesel::dsl::{count_star, min, now};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::rabbit::BusError;
use crate::schema::outbox;

const EVERY: Duration = Duration::from_secs(10);

/// Keeps the gauges fresh until `shutdown`.
pub(crate) async fn run(db: &Db, shutdown: &CancellationToken) {
    while shutdown
        .run_until_cancelled(tokio::time::sleep(EVERY))
        .await
        .is_some()
    {
        // Without a database there is nothing to tell; the pool's own metrics say so.
        let _ = sample(db).await;
    }
}

async fn sample(db: &Db) -> Result<(), BusError> {
    let tx = db.begin_system("measure the outbox").await?;
    let (count, oldest, at): (i64, Option<OffsetDateTime>, OffsetDateTime) = outbox::table
        .filter(outbox::published_at.is_null())
        .select((
            count_star(),
            min(outbox::occurred_at),
            now.into_sql::<diesel::sql_types::Timestamptz>(),
        ))
        .first(&mut tx.conn())
        .await?;
    tx.rollback().await;
    let age = oldest.map_or(0.0, |oldest| (at - oldest).as_seconds_f64());
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    metrics::gauge!("outbox_unpublished", "service" => db.service()).set(f64::from(count));
    metrics::gauge!("outbox_oldest_age_seconds", "service" => db.service()).set(age);
    Ok(())
}
