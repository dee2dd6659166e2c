//! Documents that wait for the platform's people.

use http_kit::{ApiError, Data, Json, Path, Sysadmin};
use kernel::{Money, TenantId};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::documents::retry;
use crate::app::App;
use crate::error::document_not_found;
use crate::store::documents::{self, DocumentRow};
use crate::store::queue;
use crate::tell;

const LIST_MAX: i64 = 100;
const LANGUAGE: &str = "en";

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TroubleView {
    pub tenant_id: TenantId,
    pub document_id: Uuid,
    pub order_number: String,
    #[schema(example = "order_unclear")]
    pub problem: String,
    pub text: String,
    pub total: Money,
    /// What the provider's document comes to, while it is not the total.
    pub provider_total: Option<Money>,
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
}

impl From<DocumentRow> for TroubleView {
    fn from(row: DocumentRow) -> Self {
        Self {
            tenant_id: row.tenant(),
            document_id: row.id,
            text: row.problem_text(LANGUAGE),
            total: row.total(),
            provider_total: row.provider_total(),
            order_number: row.order_number,
            problem: row.problem.unwrap_or_default(),
            since: row.changed_at,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TroubleList {
    pub items: Vec<TroubleView>,
}

/// Documents that only the platform can mend, the oldest hundred.
#[utoipa::path(get, path = "/api/invoicing/sysadmin/troubles", responses((status = 200, body = TroubleList)))]
pub async fn list_troubles(app: Data<App>, _: Sysadmin) -> Result<Json<TroubleList>, ApiError> {
    let rows = app
        .db
        .system(
            "a sysadmin reads documents that wait for the platform",
            async |tx| queue::list_for_platform(tx, LIST_MAX).await,
        )
        .await?;
    let items = rows.into_iter().map(TroubleView::from).collect();
    Ok(Json(TroubleList { items }))
}

/// Tries such a document again.
#[utoipa::path(post, path = "/api/invoicing/sysadmin/troubles/{id}/retry", responses((status = 200, body = TroubleView)))]
pub async fn retry_trouble(
    app: Data<App>,
    by: Sysadmin,
    id: Path<Uuid>,
) -> Result<Json<TroubleView>, ApiError> {
    let row = app
        .db
        .system("a sysadmin tries a document again", async |tx| {
            let found = queue::find_for_platform(tx, *id).await?;
            let row = found.ok_or_else(document_not_found)?;
            let tx = tx.as_tenant(row.tenant());
            let found = documents::lock_document(tx, row.id).await?;
            let mut row = found.ok_or_else(document_not_found)?;
            retry(&app, &mut row)?;
            documents::save_document(tx, &mut row).await?;
            let deed = ("invoicing.document.retry", format!("document:{}", row.id));
            let acted = by.acted(row.tenant(), app.clock.now(), deed);
            tell::action(tx, acted).await?;
            Ok::<_, ApiError>(row)
        })
        .await?;
    app.wake.notify_one();
    Ok(Json(TroubleView::from(row)))
}
