//! How far each list of an import has come, and what did not come.

use std::collections::BTreeSet;

use db::{Error, Prepare, TenantTx};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::{import_count, import_issue};
use crate::domain::map::Name;

const MESSAGE_CHARS_MAX: usize = 1_000;
pub const FAILED: &str = "failed";
pub const NOTE: &str = "note";

#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_count)]
pub struct CountRow {
    pub tenant_id: Uuid,
    pub import_id: Uuid,
    pub resource: String,
    pub total: i64,
    pub read: i64,
    pub unchanged: i64,
    pub sent: i64,
    pub applied: i64,
    pub failed: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_issue)]
pub struct IssueRow {
    pub tenant_id: Uuid,
    pub import_id: Uuid,
    pub resource: String,
    pub source_id: String,
    /// failed or note.
    pub kind: String,
    pub message: String,
    pub at: OffsetDateTime,
}

impl IssueRow {
    pub fn new(
        tx: &TenantTx,
        import: Uuid,
        record: (&str, &str),
        (kind, message): (&str, &str),
        at: OffsetDateTime,
    ) -> Self {
        Self {
            tenant_id: tx.tenant().uuid(),
            import_id: import,
            resource: record.0.to_owned(),
            source_id: record.1.to_owned(),
            kind: kind.to_owned(),
            message: message.chars().take(MESSAGE_CHARS_MAX).collect(),
            at,
        }
    }
}

/// Adds to a list's counts. The total is the newest one that the shop told.
pub async fn add(tx: &TenantTx, row: &CountRow) -> Result<(), Error> {
    diesel::insert_into(import_count::table)
        .values(row)
        .on_conflict((
            import_count::tenant_id,
            import_count::import_id,
            import_count::resource,
        ))
        .do_update()
        .set((
            import_count::total.eq(diesel::dsl::case_when(
                excluded(import_count::total).gt(0),
                excluded(import_count::total),
            )
            .otherwise(import_count::total)),
            import_count::read.eq(import_count::read + excluded(import_count::read)),
            import_count::unchanged.eq(import_count::unchanged + excluded(import_count::unchanged)),
            import_count::sent.eq(import_count::sent + excluded(import_count::sent)),
            import_count::applied.eq(import_count::applied + excluded(import_count::applied)),
            import_count::failed.eq(import_count::failed + excluded(import_count::failed)),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn list_counts(tx: &TenantTx, import: Uuid) -> Result<Vec<CountRow>, Error> {
    let found = import_count::table
        .filter(import_count::tenant_id.eq(tx.tenant().uuid()))
        .filter(import_count::import_id.eq(import))
        .order(import_count::resource)
        .select(CountRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(found)
}

/// Notes issues; one that was noted is noted once. Answers how many are new.
pub async fn save_issues(tx: &TenantTx, rows: &[IssueRow]) -> Result<usize, Error> {
    let mut new = 0;
    for chunk in rows.chunks(500) {
        new += diesel::insert_into(import_issue::table)
            .values(chunk)
            .on_conflict_do_nothing()
            .execute(&mut tx.conn())
            .await?;
    }
    Ok(new)
}

/// Those of these records that an import gave up.
pub async fn failed_of(
    tx: &TenantTx,
    import: Uuid,
    names: &[Name],
) -> Result<BTreeSet<String>, Error> {
    use import_issue as i;
    let Some((resource, _)) = names.first() else {
        return Ok(BTreeSet::new());
    };
    let ids: Vec<&String> = names.iter().map(|(_, id)| id).collect();
    let found: Vec<String> = i::table
        .filter(i::tenant_id.eq(tx.tenant().uuid()))
        .filter(i::import_id.eq(import))
        .filter(i::resource.eq(*resource))
        .filter(i::source_id.eq_any(ids))
        .filter(i::kind.eq(FAILED))
        .select(i::source_id)
        .load(&mut tx.conn())
        .await?;
    Ok(found.into_iter().collect())
}

/// In the order of their records, after the one that was seen last.
pub async fn list_issues(
    tx: &TenantTx,
    import: Uuid,
    kind: Option<&str>,
    after: Option<(String, String, String)>,
    rows: i64,
) -> Result<Vec<IssueRow>, Error> {
    use import_issue as i;
    let mut query = i::table
        .filter(i::tenant_id.eq(tx.tenant().uuid()))
        .filter(i::import_id.eq(import))
        .order((i::resource, i::source_id, i::message))
        .limit(rows)
        .select(IssueRow::as_select())
        .into_boxed();
    if let Some(kind) = kind {
        query = query.filter(i::kind.eq(kind.to_owned()));
    }
    if let Some((resource, source_id, message)) = after {
        let later_resource = i::resource.gt(resource.clone());
        let later_id = i::resource
            .eq(resource.clone())
            .and(i::source_id.gt(source_id.clone()));
        let later_message = i::resource
            .eq(resource)
            .and(i::source_id.eq(source_id))
            .and(i::message.gt(message));
        query = query.filter(later_resource.or(later_id).or(later_message));
    }
    Ok(query.load(&mut tx.conn()).await?)
}

/// How many issues of each kind there are of each resource.
pub async fn count_issues(
    tx: &TenantTx,
    import: Uuid,
) -> Result<Vec<(String, String, i64)>, Error> {
    let found = import_issue::table
        .filter(import_issue::tenant_id.eq(tx.tenant().uuid()))
        .filter(import_issue::import_id.eq(import))
        .group_by((import_issue::resource, import_issue::kind))
        .order((import_issue::resource, import_issue::kind))
        .select((
            import_issue::resource,
            import_issue::kind,
            diesel::dsl::count_star(),
        ))
        .load(&mut tx.conn())
        .await?;
    Ok(found)
}
