//! Telling: an event becomes a row of the outbox, in the transaction of the change it tells of.

use std::borrow::Cow;

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::dsl::now;
use diesel::{ExpressionMethods, Insertable};
use diesel_async::RunQueryDsl;
use events::Event;
use kernel::{EventId, TenantId};
use uuid::Uuid;

use crate::schema::outbox;
use crate::trace;

/// Rows an insert carries at most: seven parameters each, of PostgreSQL's 65,535.
const ROWS_MAX: usize = 1_000;

#[derive(Debug, Insertable)]
#[diesel(table_name = outbox)]
struct Row<'a> {
    tenant_id: Uuid,
    id: Uuid,
    event_type: &'static str,
    aggregate_id: Cow<'a, str>,
    version: i64,
    payload: Vec<u8>,
    traceparent: Option<Cow<'a, str>>,
}

impl Row<'_> {
    fn into_owned(self) -> Row<'static> {
        Row {
            aggregate_id: Cow::Owned(self.aggregate_id.into_owned()),
            traceparent: self.traceparent.map(|text| Cow::Owned(text.into_owned())),
            ..self
        }
    }
}

/// Tells `event` when the transaction commits, and never when it does not.
///
/// # Panics
/// When the event names another tenant than the transaction's: the one mistake that must not leave.
pub async fn emit<E: Event>(tx: &mut TenantTx, event: &E) -> Result<(), Error> {
    emit_all(tx, std::slice::from_ref(event)).await
}

/// Tells several events of one type in one statement; they are published in their order.
///
/// # Panics
/// When one names another tenant than the transaction's.
pub async fn emit_all<E: Event>(tx: &mut TenantTx, events: &[E]) -> Result<(), Error> {
    let tenant = tx.tenant();
    let traceparent = trace::current();
    for chunk in events.chunks(ROWS_MAX) {
        let rows = chunk
            .iter()
            .map(|event| row(tenant, event, traceparent.as_deref()));
        let rows: Vec<_> = rows.map(|row| (row, outbox::occurred_at.eq(now))).collect();
        let count = rows.len();
        diesel::insert_into(outbox::table)
            .values(rows)
            .prepared_for(count)
            .execute(&mut tx.conn())
            .await?;
        tx.mark_emitted();
    }
    Ok(())
}

/// Tells `event` from a system transaction, in the name of the tenant that it names itself.
///
/// # Panics
/// When the event's tenant is no UUID.
pub async fn emit_for<E: Event>(tx: &mut SystemTx, event: &E) -> Result<(), Error> {
    let tenant = event
        .tenant_id()
        .parse()
        .expect("an event names its tenant by a UUID");
    let traceparent = trace::current();
    let row = (
        row(tenant, event, traceparent.as_deref()),
        outbox::occurred_at.eq(now),
    );
    diesel::insert_into(outbox::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    tx.mark_emitted();
    Ok(())
}

/// Events of several types that are told in one statement, in their order.
#[derive(Debug)]
pub struct Outgoing {
    tenant: TenantId,
    traceparent: Option<String>,
    rows: Vec<Row<'static>>,
}

impl Outgoing {
    /// Nothing yet, for the transaction's tenant.
    pub fn of(tx: &TenantTx) -> Self {
        Self {
            tenant: tx.tenant(),
            traceparent: trace::current(),
            rows: Vec::new(),
        }
    }

    /// # Panics
    /// When the event names another tenant than the transaction's.
    pub fn add<E: Event>(&mut self, event: &E) {
        let traceparent = self.traceparent.as_deref();
        self.rows
            .push(row(self.tenant, event, traceparent).into_owned());
    }

    /// Like [`add`](Self::add), within the trace of `traceparent`: for work that is done for several at once.
    ///
    /// # Panics
    /// When the event names another tenant than the transaction's.
    pub fn add_within<E: Event>(&mut self, traceparent: Option<&str>, event: &E) {
        self.rows
            .push(row(self.tenant, event, traceparent).into_owned());
    }

    /// Tells all of it when `tx` commits. It can be sent together with other statements: say
    /// `tx.mark_emitted()` afterwards, which needs the transaction for itself.
    pub async fn emit(self, tx: &TenantTx) -> Result<(), Error> {
        for chunk in self.rows.chunks(ROWS_MAX) {
            let rows: Vec<_> = chunk
                .iter()
                .map(|row| (row, outbox::occurred_at.eq(now)))
                .collect();
            diesel::insert_into(outbox::table)
                .values(rows)
                .prepared_for(chunk.len())
                .execute(&mut tx.conn())
                .await?;
        }
        Ok(())
    }
}

fn row<'a, E: Event>(tenant: TenantId, event: &'a E, traceparent: Option<&'a str>) -> Row<'a> {
    let named: Option<TenantId> = event.tenant_id().parse().ok();
    assert_eq!(
        named,
        Some(tenant),
        "{} belongs to the tenant of its transaction",
        E::TYPE
    );
    Row {
        tenant_id: tenant.uuid(),
        id: EventId::new().uuid(),
        event_type: E::TYPE,
        aggregate_id: Cow::Borrowed(event.aggregate_id()),
        version: event.version(),
        payload: event.encode_to_vec(),
        traceparent: traceparent.map(Cow::Borrowed),
    }
}
