//! Documents as those see them who wait for them: filtered, counted, a page at a time.

use db::{Error, SystemTx, TenantTx};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::documents::DocumentRow;
use super::schema::document;

/// Which documents a merchant wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// On their way, and drafts that a person closes.
    Waiting,
    /// They need somebody.
    Failed,
    Issued,
    Withdrawn,
}

fn condition(filter: Filter) -> SqlLiteral<Bool> {
    diesel::dsl::sql(match filter {
        Filter::Waiting => {
            "(state IN ('pending', 'inserting', 'draft') AND coalesce(needs, 'retry') = 'retry')"
        }
        Filter::Failed => {
            "(state IN ('pending', 'inserting', 'draft') AND needs IN ('merchant', 'platform'))"
        }
        Filter::Issued => "state = 'issued'",
        Filter::Withdrawn => "state = 'withdrawn'",
    })
}

/// A page of the store's documents, the newest first.
pub async fn list_documents(
    tx: &TenantTx,
    filter: Option<Filter>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<DocumentRow>, Error> {
    let mut query = document::table
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .into_boxed();
    if let Some(filter) = filter {
        query = query.filter(condition(filter));
    }
    if let Some(before) = before {
        query = query.filter(document::id.lt(before));
    }
    let rows = query
        .order(document::id.desc())
        .limit(limit)
        .select(DocumentRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

pub async fn count_documents(tx: &TenantTx, filter: Filter) -> Result<i64, Error> {
    let count = document::table
        .filter(document::tenant_id.eq(tx.tenant().uuid()))
        .filter(condition(filter))
        .count()
        .get_result(&mut tx.conn())
        .await?;
    Ok(count)
}

/// Documents that only the platform's people can mend, across stores, the oldest first.
pub async fn list_for_platform(tx: &SystemTx, limit: i64) -> Result<Vec<DocumentRow>, Error> {
    let rows = document::table
        .filter(document::needs.eq("platform"))
        .order(document::changed_at)
        .limit(limit)
        .select(DocumentRow::as_select())
        .load(&mut tx.conn())
        .await?;
    Ok(rows)
}

/// One of them, whosever it is.
pub async fn find_for_platform(tx: &SystemTx, id: Uuid) -> Result<Option<DocumentRow>, Error> {
    let found = document::table
        .filter(document::needs.eq("platform"))
        .filter(document::id.eq(id))
        .select(DocumentRow::as_select())
        .first(&mut tx.conn())
        .await
        .optional()?;
    Ok(found)
}
