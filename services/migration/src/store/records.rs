//! What each record of an old shop is here.

use std::collections::BTreeMap;

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::schema::source_record;
use crate::domain::map::{Measured, Name};

#[derive(Clone, Debug, QueryableByName)]
pub struct RecordRow {
    #[diesel(sql_type = Text)]
    pub resource: String,
    #[diesel(sql_type = Text)]
    pub source_id: String,
    #[diesel(sql_type = SqlUuid)]
    pub target_id: Uuid,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub hash: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub sent_hash: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub batch_id: Option<Uuid>,
    #[diesel(sql_type = Bool)]
    pub failed: bool,
    /// The import that asks has sent it, and the answer is on its way. One that was ended may never get its.
    #[diesel(sql_type = Bool)]
    pub is_coming: bool,
}

/// Rows by resource and number.
pub type Rows = BTreeMap<(String, String), RecordRow>;

const FIND: &str =
    "SELECT r.resource, r.source_id, r.target_id, r.hash, r.sent_hash, r.batch_id, r.failed,
    EXISTS (SELECT FROM import_batch AS b WHERE b.tenant_id = $1 AND b.id = r.batch_id
      AND b.import_id = $5 AND b.open > 0) AS is_coming
  FROM source_record AS r JOIN unnest($3, $4) AS n(resource, source_id)
    ON r.resource = n.resource AND r.source_id = n.source_id
  WHERE r.tenant_id = $1 AND r.source = $2";

pub async fn find(
    tx: &TenantTx,
    (source, import): (&str, Uuid),
    names: &[Name],
) -> Result<Rows, Error> {
    let (resources, ids) = columns(names);
    let rows: Vec<RecordRow> = diesel::sql_query(FIND)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<Text, _>(source)
        .bind::<Array<Text>, _>(resources)
        .bind::<Array<Text>, _>(ids)
        .bind::<SqlUuid, _>(import)
        .load(&mut tx.conn())
        .await?;
    let keyed = rows
        .into_iter()
        .map(|row| ((row.resource.clone(), row.source_id.clone()), row));
    Ok(keyed.collect())
}

const ENSURE: &str = "INSERT INTO source_record (tenant_id, source, resource, source_id, target_id)
  SELECT $1, $2, n.resource, n.source_id, n.target_id FROM unnest($3, $4, $5) AS n(resource, source_id, target_id)
  ON CONFLICT DO NOTHING";

/// The rows of these names; those that have none get one, with an id of ours.
pub async fn ensure(
    tx: &TenantTx,
    (source, import): (&str, Uuid),
    names: &[Name],
) -> Result<Rows, Error> {
    let (resources, ids) = columns(names);
    let targets: Vec<Uuid> = names.iter().map(|_| Uuid::now_v7()).collect();
    diesel::sql_query(ENSURE)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<Text, _>(source)
        .bind::<Array<Text>, _>(resources)
        .bind::<Array<Text>, _>(ids)
        .bind::<Array<SqlUuid>, _>(targets)
        .execute(&mut tx.conn())
        .await?;
    find(tx, (source, import), names).await
}

fn columns(names: &[Name]) -> (Vec<String>, Vec<String>) {
    names
        .iter()
        .map(|(resource, id)| ((*resource).to_owned(), id.clone()))
        .unzip()
}

const SEE: &str = "UPDATE source_record AS r SET seen_in = $5, seen_pass = $6, gone = false
  FROM unnest($3, $4) AS n(resource, source_id)
  WHERE r.tenant_id = $1 AND r.source = $2 AND r.resource = n.resource AND r.source_id = n.source_id";

/// Notes that an import saw these records in one of its looks.
pub async fn see(
    tx: &TenantTx,
    source: &str,
    names: &[Name],
    (import, pass): (Uuid, i16),
) -> Result<(), Error> {
    let (resources, ids) = columns(names);
    diesel::sql_query(SEE)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<Text, _>(source)
        .bind::<Array<Text>, _>(resources)
        .bind::<Array<Text>, _>(ids)
        .bind::<SqlUuid, _>(import)
        .bind::<SmallInt, _>(pass)
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// A record on its way.
pub struct Sent<'a> {
    pub name: Name,
    pub parent: &'a str,
    pub measured: &'a Measured,
    /// Nothing for what is only counted.
    pub hash: Option<Vec<u8>>,
    pub batch: Option<Uuid>,
}

const SEND: &str = "UPDATE source_record AS r SET
    sent_hash = coalesce(n.hash, r.sent_hash), batch_id = coalesce(n.batch, r.batch_id), parent = n.parent,
    label = n.label, month = n.month, currency = n.currency, units = n.units, total_minor = n.total,
    refunded_minor = n.refunded, failed = false
  FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    AS n(resource, source_id, parent, hash, batch, label, month, currency, units, total, refunded)
  WHERE r.tenant_id = $1 AND r.source = $2 AND r.resource = n.resource AND r.source_id = n.source_id";

/// Notes what was sent of records, and what is counted of them.
pub async fn save_sent(tx: &TenantTx, source: &str, sent: &[Sent<'_>]) -> Result<(), Error> {
    let names: Vec<Name> = sent.iter().map(|sent| sent.name.clone()).collect();
    let (resources, ids) = columns(&names);
    let texts =
        |field: &dyn Fn(&Sent<'_>) -> String| -> Vec<String> { sent.iter().map(field).collect() };
    let numbers = |field: fn(&Measured) -> Option<i64>| -> Vec<Option<i64>> {
        sent.iter().map(|sent| field(sent.measured)).collect()
    };
    let hashes: Vec<Option<Vec<u8>>> = sent.iter().map(|sent| sent.hash.clone()).collect();
    let batches: Vec<Option<Uuid>> = sent.iter().map(|sent| sent.batch).collect();
    diesel::sql_query(SEND)
        .bind::<SqlUuid, _>(tx.tenant().uuid())
        .bind::<Text, _>(source)
        .bind::<Array<Text>, _>(resources)
        .bind::<Array<Text>, _>(ids)
        .bind::<Array<Text>, _>(texts(&|sent| sent.parent.to_owned()))
        .bind::<Array<Nullable<Bytea>>, _>(hashes)
        .bind::<Array<Nullable<SqlUuid>>, _>(batches)
        .bind::<Array<Text>, _>(texts(&|sent| sent.measured.label.clone()))
        .bind::<Array<Text>, _>(texts(&|sent| sent.measured.month.clone()))
        .bind::<Array<Text>, _>(texts(&|sent| sent.measured.currency.clone()))
        .bind::<Array<Nullable<BigInt>>, _>(numbers(|measured| measured.units))
        .bind::<Array<Nullable<BigInt>>, _>(numbers(|measured| measured.total_minor))
        .bind::<Array<Nullable<BigInt>>, _>(numbers(|measured| measured.refunded_minor))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Of a product that was just read: its parts that it has no more are gone.
pub async fn forget_parts(
    tx: &TenantTx,
    source: &str,
    parent: &str,
    parts: &[String],
) -> Result<(), Error> {
    use source_record as r;
    let old = r::table
        .filter(r::tenant_id.eq(tx.tenant().uuid()))
        .filter(r::source.eq(source))
        .filter(r::parent.eq(parent))
        .filter(r::parent.ne(""))
        .filter(r::source_id.ne_all(parts))
        .filter(r::gone.eq(false));
    diesel::update(old)
        .set(r::gone.eq(true))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Records of a list that the final look did not find; they and their parts are gone from the old shop.
pub async fn mark_gone(
    tx: &TenantTx,
    source: &str,
    resource: &str,
    import: Uuid,
) -> Result<Vec<String>, Error> {
    use source_record as r;
    let unseen = r::table
        .filter(r::tenant_id.eq(tx.tenant().uuid()))
        .filter(r::source.eq(source))
        .filter(r::resource.eq(resource))
        .filter(r::gone.eq(false))
        .filter(r::hash.is_not_null())
        .filter(r::seen_in.is_distinct_from(import).or(r::seen_pass.ne(2)));
    let gone: Vec<String> = diesel::update(unseen)
        .set(r::gone.eq(true))
        .returning(r::source_id)
        .prepared()
        .get_results(&mut tx.conn())
        .await?;
    if resource == "product" {
        let parts = r::table
            .filter(r::tenant_id.eq(tx.tenant().uuid()))
            .filter(r::source.eq(source))
            .filter(r::parent.eq_any(&gone));
        diesel::update(parts)
            .set(r::gone.eq(true))
            .prepared()
            .execute(&mut tx.conn())
            .await?;
    }
    Ok(gone)
}
