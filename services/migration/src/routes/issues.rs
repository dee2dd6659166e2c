//! What did not come, and what is to be known of what came.

use http_kit::permissions::CanManageImports;
use http_kit::{ApiError, Data, Json, List, Page, Path, Query, Staff};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::error::import_not_found;
use crate::store::counts::{self, FAILED, IssueRow, NOTE};
use crate::store::imports;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssueView {
    pub resource: String,
    /// Its number in the old shop; an image's address.
    pub source_id: String,
    /// failed: it did not come. note: it came, and this is to be known.
    pub kind: String,
    pub message: String,
}

impl From<IssueRow> for IssueView {
    fn from(row: IssueRow) -> Self {
        Self {
            resource: row.resource,
            source_id: row.source_id,
            kind: row.kind,
            message: row.message,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IssueQuery {
    /// failed or note.
    pub kind: Option<String>,
    pub limit: Option<i64>,
    pub after: Option<String>,
}

/// An import's issues, by record.
#[utoipa::path(get, path = "/api/migration/admin/imports/{id}/issues", responses((status = 200, body = List<IssueView>)))]
pub async fn list_issues(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    id: Path<Uuid>,
    query: Query<IssueQuery>,
    page: Page,
) -> Result<Json<List<IssueView>>, ApiError> {
    let kind = query.kind.as_deref();
    if kind.is_some_and(|kind| ![FAILED, NOTE].contains(&kind)) {
        let accepted = "failed or note";
        return Err(ApiError::invalid("invalid-filter", accepted).at("/kind", "unknown", accepted));
    }
    let after = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            imports::find_import(tx, *id)
                .await?
                .ok_or_else(import_not_found)?;
            Ok::<_, ApiError>(counts::list_issues(tx, *id, kind, after, page.fetch()).await?)
        })
        .await?;
    let key = |row: &IssueRow| {
        (
            row.resource.clone(),
            row.source_id.clone(),
            row.message.clone(),
        )
    };
    Ok(Json(page.list(rows, key, IssueView::from)))
}
