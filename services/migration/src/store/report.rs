//! Totals side by side: what the old shop has, and what arrived.

use db::{Error, TenantTx};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;

/// One kind of record on both sides.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Totals {
    #[diesel(sql_type = Text)]
    pub resource: String,
    #[diesel(sql_type = Text)]
    pub label: String,
    #[diesel(sql_type = BigInt)]
    pub source: i64,
    #[diesel(sql_type = BigInt)]
    pub arrived: i64,
    #[diesel(sql_type = BigInt)]
    pub gone: i64,
}

const TOTALS: &str = "SELECT r.resource, r.label, count(*) FILTER (WHERE NOT r.gone) AS source,
    count(*) FILTER (WHERE NOT r.gone AND coalesce(r.hash, p.hash) IS NOT NULL) AS arrived,
    count(*) FILTER (WHERE r.gone) AS gone
  FROM source_record AS r LEFT JOIN source_record AS p ON p.tenant_id = r.tenant_id AND p.source = r.source
    AND p.resource = 'product' AND p.source_id = r.parent AND r.resource = 'variation'
  WHERE r.tenant_id = $1 AND r.source = $2 AND r.resource <> 'variant' AND r.seen_in IS NOT NULL
  GROUP BY r.resource, r.label ORDER BY r.resource, r.label";

pub async fn list_totals(tx: &TenantTx, source: &str) -> Result<Vec<Totals>, Error> {
    Ok(diesel::sql_query(TOTALS)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<Text, _>(source)
        .load(&mut tx.conn())
        .await?)
}

/// What is on the shelves of both.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Shelves {
    /// Products and variations of the old shop that count their own stock.
    #[diesel(sql_type = BigInt)]
    pub source_counted: i64,
    #[diesel(sql_type = BigInt)]
    pub source_units: i64,
    /// Counts that arrived.
    #[diesel(sql_type = BigInt)]
    pub arrived_counted: i64,
    #[diesel(sql_type = BigInt)]
    pub arrived_units: i64,
    /// What the old shop promised beyond what it has: below zero there, none here.
    #[diesel(sql_type = BigInt)]
    pub below_zero: i64,
    /// What no variation of a product takes from.
    #[diesel(sql_type = BigInt)]
    pub untaken: i64,
}

const SHELVES: &str = "SELECT
    count(*) FILTER (WHERE resource IN ('product', 'variation') AND units IS NOT NULL) AS source_counted,
    coalesce(sum(units) FILTER (WHERE resource IN ('product', 'variation')), 0)::bigint AS source_units,
    count(*) FILTER (WHERE resource = 'stock' AND hash IS NOT NULL) AS arrived_counted,
    coalesce(sum(arrived_units) FILTER (WHERE resource = 'stock' AND hash IS NOT NULL), 0)::bigint AS arrived_units,
    coalesce(sum(units) FILTER (WHERE resource = 'stock' AND units < 0), 0)::bigint AS below_zero,
    (coalesce(sum(units) FILTER (WHERE resource IN ('product', 'variation')), 0)
      - coalesce(sum(units) FILTER (WHERE resource = 'stock'), 0))::bigint AS untaken
  FROM source_record WHERE tenant_id = $1 AND source = $2 AND NOT gone AND seen_in IS NOT NULL";

pub async fn get_shelves(tx: &TenantTx, source: &str) -> Result<Shelves, Error> {
    Ok(diesel::sql_query(SHELVES)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<Text, _>(source)
        .get_result(&mut tx.conn())
        .await?)
}

/// What was turned over in a month, in one currency and state of the old shop.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Turnover {
    #[diesel(sql_type = Text)]
    pub month: String,
    #[diesel(sql_type = Text)]
    pub currency: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = BigInt)]
    pub source_orders: i64,
    #[diesel(sql_type = BigInt)]
    pub source_total: i64,
    #[diesel(sql_type = BigInt)]
    pub source_refunded: i64,
    #[diesel(sql_type = BigInt)]
    pub arrived_orders: i64,
    #[diesel(sql_type = BigInt)]
    pub arrived_total: i64,
    #[diesel(sql_type = BigInt)]
    pub arrived_refunded: i64,
}

const TURNOVER: &str = "SELECT month, currency, label AS status, count(*) AS source_orders,
    coalesce(sum(total_minor), 0)::bigint AS source_total,
    coalesce(sum(refunded_minor), 0)::bigint AS source_refunded,
    count(*) FILTER (WHERE hash IS NOT NULL) AS arrived_orders,
    coalesce(sum(arrived_total) FILTER (WHERE hash IS NOT NULL), 0)::bigint AS arrived_total,
    coalesce(sum(arrived_refunded) FILTER (WHERE hash IS NOT NULL), 0)::bigint AS arrived_refunded
  FROM source_record WHERE tenant_id = $1 AND source = $2 AND resource = 'order' AND NOT gone
    AND seen_in IS NOT NULL
  GROUP BY month, currency, label ORDER BY month, currency, label";

pub async fn list_turnover(tx: &TenantTx, source: &str) -> Result<Vec<Turnover>, Error> {
    Ok(diesel::sql_query(TURNOVER)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<Text, _>(source)
        .load(&mut tx.conn())
        .await?)
}
