//! Differences with Stripe that a person must look at.

use http_kit::{ApiError, Data, Json, Path, Sysadmin};
use kernel::TenantId;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::jobs::{catch_up, look_up_payments};
use crate::store::breaks::{self, BreakRow};
use crate::tell;

const LIST_MAX: i64 = 100;

#[derive(Clone, Serialize, ToSchema)]
pub struct BreakView {
    pub id: Uuid,
    pub tenant_id: TenantId,
    /// What kind of difference.
    #[schema(example = "intent_mismatch")]
    pub kind: String,
    /// Stripe's id of what it is about, or ours.
    pub subject: String,
    /// What was said and what is known.
    pub detail: serde_json::Value,
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub closed_at: Option<OffsetDateTime>,
}

impl From<BreakRow> for BreakView {
    fn from(row: BreakRow) -> Self {
        Self {
            id: row.id,
            tenant_id: TenantId::from_uuid(row.tenant_id),
            kind: row.kind,
            subject: row.subject,
            detail: row.detail,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct BreakList {
    pub items: Vec<BreakView>,
}

/// The differences that are open, the oldest hundred.
#[utoipa::path(get, path = "/api/payments/sysadmin/breaks",
    responses((status = 200, body = BreakList)))]
pub async fn list_breaks(app: Data<App>, _: Sysadmin) -> Result<Json<BreakList>, ApiError> {
    let rows = app
        .db
        .system("a sysadmin reads differences with Stripe", async |tx| {
            breaks::list_open(tx, LIST_MAX).await
        })
        .await?;
    let items = rows.into_iter().map(BreakView::from).collect();
    Ok(Json(BreakList { items }))
}

/// Says that a difference was seen to. One that is found again is opened again.
#[utoipa::path(post, path = "/api/payments/sysadmin/breaks/{id}/close",
    responses((status = 200, body = BreakView)))]
pub async fn close_break(
    app: Data<App>,
    by: Sysadmin,
    id: Path<Uuid>,
) -> Result<Json<BreakView>, ApiError> {
    let now = app.clock.now();
    let closed = app
        .db
        .system("a sysadmin closes a difference with Stripe", async |tx| {
            let closed = breaks::close_break(tx, *id, now).await?;
            let row = closed.ok_or_else(|| ApiError::not_found("break-not-found"))?;
            let view = BreakView::from(row);
            let deed = ("payments.break.close", format!("break:{}", view.id));
            let open = BreakView {
                closed_at: None,
                ..view.clone()
            };
            let acted = by.acted(view.tenant_id, now, deed).changed(&open, &view);
            tell::action(tx.as_tenant(view.tenant_id), acted).await?;
            Ok::<_, ApiError>(view)
        })
        .await?;
    Ok(Json(closed))
}

#[derive(Serialize, ToSchema)]
pub struct Reconciled {
    /// How many payments were compared with Stripe.
    pub compared: usize,
    /// How many events of Stripe's had not arrived as webhooks.
    pub caught_up: usize,
}

/// Compares unfinished payments and missed events with Stripe now.
#[utoipa::path(post, path = "/api/payments/sysadmin/reconcile",
    responses((status = 200, body = Reconciled)))]
pub async fn reconcile_payments(
    app: Data<App>,
    by: Sysadmin,
) -> Result<Json<Reconciled>, ApiError> {
    let deed = ("payments.reconcile", "service:payments".to_owned());
    let acted = by.acted(TenantId::PLATFORM, app.clock.now(), deed);
    // Told before it is done: what an error cuts short was done in part.
    app.db
        .tenant(TenantId::PLATFORM, async |tx| tell::action(tx, acted).await)
        .await?;
    Ok(Json(Reconciled {
        compared: look_up_payments::look_up_silent(&app).await?,
        caught_up: catch_up::catch_up(&app).await?,
    }))
}
