//! One batch: rows are locked, published, confirmed and marked, in one transaction.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use db::{Db, Prepare, SystemTx, one_of};
use diesel::dsl::now;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use events::topology::is_heard;
use kernel::{EventId, TenantId};
use lapin::Channel;
use time::OffsetDateTime;
use tracing::warn;
use uuid::Uuid;

use crate::envelope::Envelope;
use crate::publisher::{self, Fate};
use crate::rabbit::BusError;
use crate::schema::outbox;

/// Rows a relay takes at once: as many confirms are awaited together.
const BATCH_MAX: i64 = 500;
/// What found no queue is not tried again for so long.
const LEFT_OUT_FOR: Duration = Duration::from_secs(2);

/// What is left after a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Batch {
    /// There may be more at once.
    Full,
    /// Nothing more for now.
    Last,
    /// Some rows had to stay: an event that is heard reached no queue, or a queue refused.
    Refused,
}

/// Event types that found no queue a moment ago. They are left out for a while: many of them at the
/// head of the outbox must not keep everything else from leaving.
#[derive(Default)]
pub(crate) struct LeftOut(BTreeMap<String, Instant>);

impl LeftOut {
    fn types(&mut self, at: Instant) -> Vec<&str> {
        self.0.retain(|_, until| *until > at);
        self.0.keys().map(String::as_str).collect()
    }

    fn add(&mut self, event_type: String, at: Instant) {
        self.0.insert(event_type, at + LEFT_OUT_FOR);
    }
}

/// A row of the outbox, as the broker gets it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Told {
    pub(crate) tenant_id: Uuid,
    pub(crate) id: Uuid,
    event_type: String,
    aggregate_id: String,
    version: i64,
    payload: Vec<u8>,
    traceparent: Option<String>,
    occurred_at: OffsetDateTime,
}

impl From<Told> for Envelope {
    fn from(row: Told) -> Self {
        Self {
            id: EventId::from_uuid(row.id),
            tenant: TenantId::from_uuid(row.tenant_id),
            event_type: row.event_type,
            aggregate_id: row.aggregate_id,
            version: row.version,
            occurred_at: row.occurred_at,
            traceparent: row.traceparent,
            sender: None,
            attempt: 0,
            payload: row.payload,
        }
    }
}

/// Publishes up to [`BATCH_MAX`] rows. A crash before the commit publishes them once more, which
/// consumers do not mind.
pub(crate) async fn relay_one(
    db: &Db,
    channel: &Channel,
    left_out: &mut LeftOut,
) -> Result<Batch, BusError> {
    let tx = db.begin_system("publish events").await?;
    let rows = lock_unpublished(&tx, &left_out.types(Instant::now())).await?;
    let found = rows.len();
    if found == 0 {
        tx.rollback().await;
        return Ok(Batch::Last);
    }
    let envelopes: Vec<Envelope> = rows.into_iter().map(Envelope::from).collect();
    let keyed = envelopes
        .iter()
        .map(|envelope| (envelope.event_type.clone(), envelope));
    let fates = publisher::publish(db.service(), channel, keyed).await?;
    let mut done: Vec<Uuid> = Vec::new();
    for (envelope, fate) in envelopes.into_iter().zip(fates) {
        if is_done(db.service(), &envelope.event_type, fate) {
            done.push(envelope.id.uuid());
        } else {
            left_out.add(envelope.event_type, Instant::now());
        }
    }
    mark_published(&tx, &done).await?;
    tx.commit().await?;
    let published = u64::try_from(done.len()).unwrap_or(u64::MAX);
    metrics::counter!("outbox_published_total", "service" => db.service()).increment(published);
    Ok(
        match (done.len() < found, i64::try_from(found) == Ok(BATCH_MAX)) {
            (true, _) => Batch::Refused,
            (false, true) => Batch::Full,
            (false, false) => Batch::Last,
        },
    )
}

/// Never "everything after the last id": a slow transaction commits lower ids later.
async fn lock_unpublished(tx: &SystemTx, left_out: &[&str]) -> Result<Vec<Told>, BusError> {
    Ok(outbox::table
        .filter(outbox::published_at.is_null())
        .filter(outbox::event_type.ne_all(left_out))
        .order(outbox::id)
        .limit(BATCH_MAX)
        .for_update()
        .skip_locked()
        .select(Told::as_select())
        .load(&mut tx.conn())
        .await?)
}

async fn mark_published(tx: &SystemTx, ids: &[Uuid]) -> Result<(), BusError> {
    // The condition repeats the lock's, so that the index of unpublished rows is used.
    diesel::update(outbox::table.filter(outbox::published_at.is_null()))
        .filter(one_of(outbox::id, ids))
        .set(outbox::published_at.eq(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Whether an event has reached everybody who is there to hear it.
pub(crate) fn is_done(service: &'static str, event_type: &str, fate: Fate) -> bool {
    match fate {
        Fate::Taken => true,
        Fate::Unroutable if !is_heard(event_type) => true,
        Fate::Unroutable | Fate::Refused => {
            metrics::counter!("outbox_refused_total", "service" => service).increment(1);
            warn!(service, event.type = event_type, ?fate, "An event found no queue; it stays");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_found_no_queue_is_left_out_for_a_while() {
        let (mut left_out, then) = (LeftOut::default(), Instant::now());
        assert!(left_out.types(then).is_empty());
        left_out.add("orders.order_paid.v1".into(), then);
        assert_eq!(left_out.types(then), ["orders.order_paid.v1"]);
        assert!(left_out.types(then + LEFT_OUT_FOR).is_empty());
    }
}
