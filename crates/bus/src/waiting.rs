//! How much of what was told has not left yet.

use db::{Db, Error};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;

use crate::schema::outbox;

/// What waits in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub events: i64,
    /// When the oldest of them was told.
    pub since: Option<OffsetDateTime>,
}

/// What of `db`'s service has not been published.
pub async fn waiting(db: &Db) -> Result<Waiting, Error> {
    let tx = db.begin_system("look at the outbox").await?;
    let (events, since) = outbox::table
        .filter(outbox::published_at.is_null())
        .select((
            diesel::dsl::count_star(),
            diesel::dsl::min(outbox::occurred_at),
        ))
        .first(&mut tx.conn())
        .await?;
    tx.rollback().await;
    Ok(Waiting { events, since })
}
