//! Differences that a person or a repair must close.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::reconciliation_break;

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = reconciliation_break)]
pub struct BreakRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub kind: String,
    pub subject: String,
    pub detail: Value,
    pub opened_at: OffsetDateTime,
    pub closed_at: Option<OffsetDateTime>,
}

/// Opens a break, once for a subject; one that was closed is opened again.
pub async fn create_break(
    tx: &TenantTx,
    kind: &str,
    subject: &str,
    detail: &Value,
) -> Result<(), Error> {
    tracing::error!(tenant.id = %tx.tenant(), kind, subject, "Payments disagree with Stripe: {kind}");
    metrics::counter!("reconciliation_breaks_total", "kind" => kind.to_owned()).increment(1);
    diesel::insert_into(reconciliation_break::table)
        .values((
            reconciliation_break::tenant_id.eq(tx.tenant().uuid()),
            reconciliation_break::id.eq(Uuid::now_v7()),
            reconciliation_break::kind.eq(kind),
            reconciliation_break::subject.eq(subject),
            reconciliation_break::detail.eq(detail),
        ))
        .on_conflict((
            reconciliation_break::tenant_id,
            reconciliation_break::kind,
            reconciliation_break::subject,
        ))
        .do_update()
        .set((
            reconciliation_break::detail.eq(detail),
            reconciliation_break::closed_at.eq(None::<OffsetDateTime>),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// What is open, across tenants, the oldest first.
pub async fn list_open(tx: &SystemTx, limit: i64) -> Result<Vec<BreakRow>, Error> {
    let rows = reconciliation_break::table
        .filter(reconciliation_break::closed_at.is_null())
        .order(reconciliation_break::opened_at)
        .limit(limit)
        .select(BreakRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// How many are open, across tenants.
pub async fn count_open(tx: &SystemTx) -> Result<i64, Error> {
    let count = reconciliation_break::table
        .filter(reconciliation_break::closed_at.is_null())
        .count()
        .get_result(&mut tx.conn())
        .await?;
    Ok(count)
}

/// Closes a break; nothing when there is none that is open.
pub async fn close_break(
    tx: &SystemTx,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<Option<BreakRow>, Error> {
    let closed = diesel::update(reconciliation_break::table)
        .filter(reconciliation_break::id.eq(id))
        .filter(reconciliation_break::closed_at.is_null())
        .set(reconciliation_break::closed_at.eq(now))
        .returning(BreakRow::as_returning())
        .prepared()
        .get_result(&mut tx.conn())
        .await
        .optional()?;
    Ok(closed)
}

/// Closes what is open for a subject.
pub async fn close_breaks_of(
    tx: &TenantTx,
    subject: &str,
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(reconciliation_break::table)
        .filter(reconciliation_break::tenant_id.eq(tx.tenant().uuid()))
        .filter(reconciliation_break::subject.eq(subject))
        .filter(reconciliation_break::closed_at.is_null())
        .set(reconciliation_break::closed_at.eq(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Closes what is open for any of these events, across tenants: an event's id is Stripe's, and one store's
/// alone.
pub async fn close_breaks_of_events(
    tx: &SystemTx,
    events: &[&str],
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(reconciliation_break::table)
        .filter(reconciliation_break::subject.eq_any(events))
        .filter(reconciliation_break::closed_at.is_null())
        .set(reconciliation_break::closed_at.eq(now))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
