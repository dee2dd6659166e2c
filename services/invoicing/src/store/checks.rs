//! The books: what was paid beside what was documented.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use kernel::TenantId;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::orders::{OrderRow, RefundRow};
use super::schema::{book_check, document, paid_order, refund};

/// What a day's look found.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = book_check)]
pub struct CheckRow {
    pub day: Date,
    /// Paid orders that must have an invoice.
    pub orders: i64,
    pub issued: i64,
    /// On their way.
    pub waiting: i64,
    /// They need somebody.
    pub failed: i64,
    /// Orders and refunds without any document.
    pub missing: i64,
    /// Documents over another amount than was paid or went back.
    pub differing: i64,
    pub orders_minor: i64,
    pub issued_minor: i64,
    pub refunds_minor: i64,
    pub credited_minor: i64,
    pub checked_at: OffsetDateTime,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    orders: i64,
    #[diesel(sql_type = BigInt)]
    issued: i64,
    #[diesel(sql_type = BigInt)]
    waiting: i64,
    #[diesel(sql_type = BigInt)]
    failed: i64,
    #[diesel(sql_type = BigInt)]
    missing: i64,
    #[diesel(sql_type = BigInt)]
    differing: i64,
    #[diesel(sql_type = BigInt)]
    orders_minor: i64,
    #[diesel(sql_type = BigInt)]
    issued_minor: i64,
    #[diesel(sql_type = BigInt)]
    refunds_minor: i64,
    #[diesel(sql_type = BigInt)]
    credited_minor: i64,
}

const COUNT: &str = "
  WITH o AS (SELECT order_id, total_minor FROM paid_order
      WHERE tenant_id = $1 AND is_paid AND NOT is_cancelled AND total_minor > 0),
    d AS (SELECT * FROM document WHERE tenant_id = $1 AND kind <> 'proforma'),
    r AS (SELECT r.* FROM refund r WHERE tenant_id = $1 AND EXISTS (
      SELECT FROM document i WHERE i.tenant_id = $1 AND i.role = 'invoice' AND i.subject = r.order_id
        AND i.state = 'issued' AND i.kind <> 'proforma'))
  SELECT (SELECT count(*) FROM o) AS orders,
    (SELECT count(*) FROM d WHERE state = 'issued') AS issued,
    (SELECT count(*) FROM d WHERE state IN ('pending', 'inserting', 'draft')
      AND coalesce(needs, 'retry') = 'retry') AS waiting,
    (SELECT count(*) FROM d WHERE state IN ('pending', 'inserting', 'draft')
      AND needs IN ('merchant', 'platform')) AS failed,
    (SELECT count(*) FROM o WHERE NOT EXISTS (SELECT FROM document x WHERE x.tenant_id = $1
      AND x.role = 'invoice' AND x.subject = o.order_id))
    + (SELECT count(*) FROM r WHERE NOT EXISTS (SELECT FROM document x WHERE x.tenant_id = $1
      AND x.role = 'credit_note' AND x.subject = r.refund_id)) AS missing,
    (SELECT count(*) FROM d WHERE state = 'issued' AND issued_minor <> total_minor)
    + (SELECT count(*) FROM d JOIN o ON d.role = 'invoice' AND d.subject = o.order_id
      WHERE d.total_minor <> o.total_minor)
    + (SELECT count(*) FROM d JOIN r ON d.role = 'credit_note' AND d.subject = r.refund_id
      WHERE d.total_minor <> r.amount_minor) AS differing,
    (SELECT coalesce(sum(total_minor), 0)::bigint FROM o) AS orders_minor,
    (SELECT coalesce(sum(issued_minor), 0)::bigint FROM d WHERE role = 'invoice') AS issued_minor,
    (SELECT coalesce(sum(amount_minor), 0)::bigint FROM r) AS refunds_minor,
    (SELECT coalesce(sum(issued_minor), 0)::bigint FROM d WHERE role = 'credit_note') AS credited_minor";

/// Counts a store's books as they are now.
pub async fn count(
    tx: &TenantTx,
    (day, checked_at): (Date, OffsetDateTime),
) -> Result<CheckRow, Error> {
    let counted: Counted = diesel::sql_query(COUNT)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .get_result(&mut tx.conn())
        .await?;
    Ok(CheckRow {
        day,
        orders: counted.orders,
        issued: counted.issued,
        waiting: counted.waiting,
        failed: counted.failed,
        missing: counted.missing,
        differing: counted.differing,
        orders_minor: counted.orders_minor,
        issued_minor: counted.issued_minor,
        refunds_minor: counted.refunds_minor,
        credited_minor: counted.credited_minor,
        checked_at,
    })
}

/// Keeps a day's result; the day's last look counts.
pub async fn save_check(tx: &TenantTx, row: &CheckRow) -> Result<(), Error> {
    diesel::insert_into(book_check::table)
        .values((book_check::tenant_id.eq(tx.tenant().uuid()), row.clone()))
        .on_conflict((book_check::tenant_id, book_check::day))
        .do_update()
        .set(row.clone())
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// The newest results first.
pub async fn list_checks(
    tx: &TenantTx,
    before: Option<Date>,
    limit: i64,
) -> Result<Vec<CheckRow>, Error> {
    let mut query = book_check::table
        .filter(book_check::tenant_id.eq(tx.tenant().uuid()))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(book_check::day.lt(before));
    }
    let rows = query
        .order(book_check::day.desc())
        .limit(limit)
        .select(CheckRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

#[derive(QueryableByName)]
struct Store {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: Uuid,
}

/// Stores that ever had an order to invoice; those whose books were not looked at for longest come first.
pub async fn list_tenants(tx: &SystemTx) -> Result<Vec<TenantId>, Error> {
    let sql = "SELECT o.tenant_id FROM (SELECT DISTINCT tenant_id FROM paid_order) o
      LEFT JOIN LATERAL (SELECT checked_at FROM book_check b WHERE b.tenant_id = o.tenant_id
        ORDER BY day DESC LIMIT 1) last ON true
      ORDER BY last.checked_at NULLS FIRST, o.tenant_id";
    let stores: Vec<Store> = diesel::sql_query(sql).load(&mut tx.conn()).await?;
    let ids = stores.into_iter().map(|store| store.tenant_id);
    Ok(ids.map(TenantId::from_uuid).collect())
}

/// Paid orders without an invoice of any kind.
pub async fn list_missing_invoices(tx: &TenantTx, limit: i64) -> Result<Vec<OrderRow>, Error> {
    let theirs = document::table
        .filter(document::tenant_id.eq(paid_order::tenant_id))
        .filter(document::role.eq("invoice"))
        .filter(document::subject.eq(paid_order::order_id));
    let rows = paid_order::table
        .filter(paid_order::tenant_id.eq(tx.tenant().uuid()))
        .filter(paid_order::is_paid)
        .filter(diesel::dsl::not(paid_order::is_cancelled))
        .filter(paid_order::total_minor.gt(0))
        .filter(diesel::dsl::not(diesel::dsl::exists(theirs)))
        .order(paid_order::order_id)
        .limit(limit)
        .select(OrderRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Refunds without a credit note, of invoices that count or will.
pub async fn list_missing_credits(tx: &TenantTx, limit: i64) -> Result<Vec<RefundRow>, Error> {
    let theirs = document::table
        .filter(document::tenant_id.eq(refund::tenant_id))
        .filter(document::role.eq("credit_note"))
        .filter(document::subject.eq(refund::refund_id));
    let counting = document::table
        .filter(document::tenant_id.eq(refund::tenant_id))
        .filter(document::role.eq("invoice"))
        .filter(document::subject.eq(refund::order_id))
        .filter(document::kind.ne("proforma"))
        .filter(document::state.ne("withdrawn"));
    let rows = refund::table
        .filter(refund::tenant_id.eq(tx.tenant().uuid()))
        .filter(diesel::dsl::not(diesel::dsl::exists(theirs)))
        .filter(diesel::dsl::exists(counting))
        .order(refund::refund_id)
        .limit(limit)
        .select(RefundRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// Documents that nobody waits for and that are not done: a restart between two transactions may have
/// left one.
pub async fn wake_forgotten(tx: &TenantTx, now: OffsetDateTime) -> Result<(), Error> {
    let sql = "UPDATE document d SET next_at = $2, version = version + 1
      WHERE tenant_id = $1 AND next_at IS NULL AND needs IS NULL
        AND state IN ('pending', 'inserting', 'draft')
        AND (role = 'invoice' OR EXISTS (SELECT FROM document i WHERE i.tenant_id = d.tenant_id
          AND i.id = d.corrects AND i.state IN ('issued', 'withdrawn')))";
    diesel::sql_query(sql)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<Timestamptz, _>(now)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}
