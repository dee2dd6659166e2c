//! Telling: an event becomes a row of the outbox, in the transaction of the change it tells of.

use db::{Error, SystemTx, TenantTx};
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

#[derive(Insertable)]
#[diesel(table_name = outbox)]
struct Row<'a> {
    tenant_id: Uuid,
    id: Uuid,
    event_type: &'static str,
    aggregate_id: &'a str,
    version: i64,
    payload: Vec<u8>,
    traceparent: Option<&'a str>,
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
        diesel::insert_into(outbox::table)
            .values(rows)
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
        .execute(&mut tx.conn())
        .await?;
    tx.mark_emitted();
    Ok(())
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
        aggregate_id: event.aggregate_id(),
        version: event.version(),
        payload: event.encode_to_vec(),
        traceparent,
    }
}
