//! Imports.

use db::{Error, Prepare, SystemTx, TenantTx};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::schema::import;
use crate::domain::facts::Facts;
use crate::domain::plan::Cursor;

pub const QUEUED: &str = "queued";
pub const RUNNING: &str = "running";
pub const STOPPING: &str = "stopping";
pub const STOPPED: &str = "stopped";
pub const COMPLETED: &str = "completed";
pub const FAILED: &str = "failed";

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = import, check_for_backend(Pg))]
pub struct ImportRow {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub state: String,
    pub shop: String,
    pub source: String,
    pub sealed_keys: Option<Vec<u8>>,
    pub dry_run: bool,
    pub resources: Vec<String>,
    pub since: Option<OffsetDateTime>,
    pub facts: Option<Value>,
    pub cursor: Value,
    pub step: String,
    pub page_size: i32,
    pub failures: i32,
    pub last_error: String,
    pub batches: i64,
    pub slice: i64,
    pub requested_by: String,
    pub created_at: OffsetDateTime,
    pub started_at: Option<OffsetDateTime>,
    pub finished_at: Option<OffsetDateTime>,
}

impl ImportRow {
    pub fn facts(&self) -> Option<Facts> {
        serde_json::from_value(self.facts.clone()?).ok()
    }

    pub fn cursor(&self) -> Cursor {
        serde_json::from_value(self.cursor.clone()).unwrap_or_default()
    }

    /// Whether it is going on, or about to.
    pub fn is_under_way(&self) -> bool {
        [QUEUED, RUNNING, STOPPING].contains(&self.state.as_str())
    }
}

/// Writes a new import.
///
/// # Errors
/// `import_under_way` when the store has one that goes on.
pub async fn create_import(tx: &TenantTx, row: &ImportRow) -> Result<(), Error> {
    diesel::insert_into(import::table)
        .values(row)
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

pub async fn find_import(tx: &TenantTx, id: Uuid) -> Result<Option<ImportRow>, Error> {
    let found = import::table
        .find((tx.tenant().uuid(), id))
        .select(ImportRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

pub async fn lock_import(tx: &TenantTx, id: Uuid) -> Result<Option<ImportRow>, Error> {
    let found = import::table
        .find((tx.tenant().uuid(), id))
        .for_update()
        .select(ImportRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The import that goes on, if one does.
pub async fn find_under_way(tx: &TenantTx) -> Result<Option<ImportRow>, Error> {
    let found = import::table
        .filter(import::tenant_id.eq(tx.tenant().uuid()))
        .filter(import::state.eq_any([QUEUED, RUNNING, STOPPING]))
        .select(ImportRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// The newest first.
pub async fn list_imports(
    tx: &TenantTx,
    before: Option<Uuid>,
    rows: i64,
) -> Result<Vec<ImportRow>, Error> {
    let found = import::table
        .filter(import::tenant_id.eq(tx.tenant().uuid()))
        .filter(import::id.lt(before.unwrap_or(Uuid::max())))
        .order(import::id.desc())
        .limit(rows)
        .select(ImportRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(found)
}

pub async fn delete_import(tx: &TenantTx, id: Uuid) -> Result<(), Error> {
    diesel::delete(import::table.find((tx.tenant().uuid(), id)))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Moves an import to another state; one that ends gives its keys away.
pub async fn save_state(
    tx: &TenantTx,
    id: Uuid,
    state: &str,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let target = import::table.find((tx.tenant().uuid(), id));
    diesel::update(target)
        .set(import::state.eq(state))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    if [COMPLETED, FAILED].contains(&state) {
        diesel::update(target)
            .set((
                import::sealed_keys.eq(None::<Vec<u8>>),
                import::finished_at.eq(now),
            ))
            .prepared()
            .execute(&mut tx.conn())
            .await?;
    }
    Ok(())
}

/// Ends what was asked for before `asked_before` and is stopped; answers how many.
pub async fn end_stopped(
    tx: &SystemTx,
    asked_before: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<usize, Error> {
    let ended = diesel::update(import::table)
        .filter(import::state.eq(STOPPED))
        .filter(import::created_at.lt(asked_before))
        .set((
            import::state.eq(FAILED),
            import::sealed_keys.eq(None::<Vec<u8>>),
            import::finished_at.eq(now),
            import::last_error.eq("it was stopped for too long, and its keys were erased"),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(ended)
}

/// Notes what was learned of the shop at the beginning.
pub async fn save_facts(
    tx: &TenantTx,
    id: Uuid,
    source: &str,
    facts: &Facts,
    now: OffsetDateTime,
) -> Result<(), Error> {
    diesel::update(import::table.find((tx.tenant().uuid(), id)))
        .set((
            import::source.eq(source),
            import::facts.eq(serde_json::to_value(facts).unwrap_or_default()),
            import::started_at.eq(now),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Notes where the import is; it got somewhere, so its failures are forgotten.
pub async fn save_cursor(
    tx: &TenantTx,
    id: Uuid,
    cursor: Cursor,
    step: &str,
    page_size: i32,
) -> Result<(), Error> {
    diesel::update(import::table.find((tx.tenant().uuid(), id)))
        .set((
            import::cursor.eq(serde_json::to_value(cursor).unwrap_or_default()),
            import::step.eq(step),
            import::page_size.eq(page_size),
            import::failures.eq(0),
            import::last_error.eq(""),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Notes that the import got nowhere, and why.
pub async fn save_failure(tx: &TenantTx, id: Uuid, why: &str, page_size: i32) -> Result<(), Error> {
    diesel::update(import::table.find((tx.tenant().uuid(), id)))
        .set((
            import::failures.eq(import::failures + 1),
            import::last_error.eq(why),
            import::page_size.eq(page_size),
        ))
        .prepared()
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

/// Takes the number of the next slice of work.
pub async fn next_slice(tx: &TenantTx, id: Uuid) -> Result<i64, Error> {
    let slice = diesel::update(import::table.find((tx.tenant().uuid(), id)))
        .set(import::slice.eq(import::slice + 1))
        .returning(import::slice)
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok(slice)
}

/// Takes `count` numbers of batches; answers the last.
pub async fn take_batches(tx: &TenantTx, id: Uuid, count: i64) -> Result<i64, Error> {
    let last = diesel::update(import::table.find((tx.tenant().uuid(), id)))
        .set(import::batches.eq(import::batches + count))
        .returning(import::batches)
        .prepared()
        .get_result(&mut tx.conn())
        .await?;
    Ok(last)
}

/// The store, where the platform has a single one that is open.
pub async fn only_store(db: &db::Db) -> Result<Option<kernel::TenantId>, Error> {
    use diesel::sql_types::Uuid as SqlUuid;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        tenant_id: Uuid,
    }
    let rows: Vec<Row> = db
        .system("find the only store", async |tx| {
            let query = "SELECT tenant_id FROM tenant_view WHERE status = 'active' LIMIT 2";
            Ok::<_, Error>(diesel::sql_query(query).load(&mut tx.conn()).await?)
        })
        .await?;
    Ok(match rows.as_slice() {
        [only] => Some(kernel::TenantId::from_uuid(only.tenant_id)),
        _ => None,
    })
}
