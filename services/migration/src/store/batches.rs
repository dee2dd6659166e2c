//! What was sent and waits for its answer.

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use events::migration::v1::Outcome;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::import_batch;

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_batch)]
pub struct BatchRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub import_id: Uuid,
    /// catalog or orders.
    pub receiver: String,
    pub resource: String,
    pub records: i32,
    pub open: i32,
    pub sent_at: OffsetDateTime,
}

pub async fn create_batch(tx: &TenantTx, row: &BatchRow) -> Result<(), Error> {
    diesel::insert_into(import_batch::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// How many batches wait, and since when the oldest does; of one resource where it is given.
pub async fn count_open(
    tx: &TenantTx,
    import: Uuid,
    resource: Option<&str>,
) -> Result<(i64, Option<OffsetDateTime>), Error> {
    let mut query = import_batch::table
        .filter(import_batch::tenant_id.eq(tx.tenant().uuid()))
        .filter(import_batch::import_id.eq(import))
        .filter(import_batch::open.gt(0))
        .select((
            diesel::dsl::count_star(),
            diesel::dsl::min(import_batch::sent_at),
        ))
        .into_boxed();
    if let Some(resource) = resource {
        query = query.filter(import_batch::resource.eq(resource.to_owned()));
    }
    Ok(query.first(&mut tx.conn()).await?)
}

/// Records of one kind that came to their end.
#[derive(Debug, QueryableByName)]
pub struct Ended {
    #[diesel(sql_type = Text)]
    pub resource: String,
    #[diesel(sql_type = Bool)]
    pub failed: bool,
    #[diesel(sql_type = BigInt)]
    pub records: i64,
}

const SETTLE: &str = "WITH told AS (
    SELECT * FROM unnest($3, $4, $5, $6, $7, $8, $9)
      AS t(resource, source_id, failed, target, units, total, refunded)
  ), done AS (
    UPDATE source_record AS r SET
      batch_id = NULL, failed = t.failed,
      hash = CASE WHEN t.failed THEN r.hash ELSE r.sent_hash END,
      target_id = CASE WHEN t.target = '' THEN r.target_id ELSE t.target::uuid END,
      arrived_units = CASE WHEN t.failed THEN r.arrived_units ELSE t.units END,
      arrived_total = CASE WHEN t.failed THEN r.arrived_total ELSE t.total END,
      arrived_refunded = CASE WHEN t.failed THEN r.arrived_refunded ELSE t.refunded END
    FROM told AS t
    WHERE r.tenant_id = $1 AND r.batch_id = $2 AND r.resource = t.resource AND r.source_id = t.source_id
    RETURNING r.resource, t.failed
  ) SELECT resource, failed, count(*) AS records FROM done GROUP BY resource, failed";

/// Writes the ends of records of a batch. What was written before is not counted again.
pub async fn settle(tx: &TenantTx, batch: Uuid, outcomes: &[Outcome]) -> Result<Vec<Ended>, Error> {
    let texts = |field: fn(&Outcome) -> &String| -> Vec<String> {
        outcomes
            .iter()
            .map(|outcome| field(outcome).clone())
            .collect()
    };
    let numbers = |field: fn(&Outcome) -> i64| -> Vec<i64> { outcomes.iter().map(field).collect() };
    let failed: Vec<bool> = outcomes
        .iter()
        .map(|outcome| outcome.result == super::counts::FAILED)
        .collect();
    // What is no id would undo all the others.
    let targets: Vec<String> = outcomes
        .iter()
        .map(|outcome| {
            outcome
                .target_id
                .parse::<Uuid>()
                .map_or(String::new(), |id| id.to_string())
        })
        .collect();
    let ended: Vec<Ended> = diesel::sql_query(SETTLE)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<SqlUuid, _>(batch)
        .bind::<Array<Text>, _>(texts(|outcome| &outcome.resource))
        .bind::<Array<Text>, _>(texts(|outcome| &outcome.source_id))
        .bind::<Array<Bool>, _>(failed)
        .bind::<Array<Text>, _>(targets)
        .bind::<Array<BigInt>, _>(numbers(|outcome| outcome.units))
        .bind::<Array<BigInt>, _>(numbers(|outcome| outcome.total_minor))
        .bind::<Array<BigInt>, _>(numbers(|outcome| outcome.refunded_minor))
        .load(&mut tx.conn())
        .await?;
    let closed: i64 = ended.iter().map(|ended| ended.records).sum();
    let closed = i32::try_from(closed).unwrap_or(i32::MAX);
    diesel::update(import_batch::table.find((tx.tenant().uuid(), batch)))
        .set(import_batch::open.eq(import_batch::open - closed))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(ended)
}
