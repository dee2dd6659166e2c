//! Addresses that get nothing.

use actix_web::HttpResponse;
use db::TenantTx;
use garde::Validate;
use http_kit::permissions::{CanEditCustomers, CanReadCustomers};
use http_kit::{Answer, ApiError, Data, IdempotencyKey, Json, List, Page, Path, Staff, once};
use kernel::Email;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{acted, record};
use crate::app::App;
use crate::jobs::apply_provider_events::{create_suppression, suppression_place};
use crate::store::suppressions::{self, ALL, MARKETING, SuppressionRow};

#[derive(Serialize, ToSchema)]
pub struct SuppressionView {
    pub id: Uuid,
    pub address: Option<String>,
    /// all, or marketing alone.
    pub scope: String,
    /// hard_bounce, complaint, unsubscribed or staff.
    pub reason: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

#[derive(Deserialize, ToSchema, Validate)]
#[garde(allow_unvalidated)]
pub struct CreateSuppression {
    pub address: Email,
    /// Only what needs consent is kept back; without it, everything.
    #[serde(default)]
    pub marketing_only: bool,
}

/// The addresses that get nothing, the newest first.
#[utoipa::path(get, path = "/api/mail/admin/suppressions", responses((status = 200, body = List<SuppressionView>)))]
pub async fn list_suppressions(
    app: Data<App>,
    staff: Staff<CanReadCustomers>,
    page: Page,
) -> Result<Json<List<SuppressionView>>, ApiError> {
    let before: Option<Uuid> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            let rows = suppressions::list(tx, before, page.fetch()).await?;
            Ok::<Vec<_>, ApiError>(rows.into_iter().map(|row| shown(&app, tx, row)).collect())
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.id, |row| row)))
}

/// Keeps mails from an address.
#[utoipa::path(post, path = "/api/mail/admin/suppressions", responses((status = 201, body = SuppressionView)))]
pub async fn create_suppressed(
    app: Data<App>,
    staff: Staff<CanEditCustomers>,
    key: IdempotencyKey,
    body: Json<CreateSuppression>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    let scope = if body.marketing_only { MARKETING } else { ALL };
    once(
        &app.db,
        staff.tenant.id,
        &key,
        body.hash(),
        async |tx: &mut TenantTx| {
            let made = create_suppression(&app, tx, &body.address, (scope, "staff"), now).await?;
            let row = made.ok_or_else(|| {
                ApiError::conflict("already-suppressed", "this address gets nothing already")
            })?;
            record(
                tx,
                acted(
                    &app,
                    &staff,
                    "suppression.create",
                    format!("suppression:{}", row.id),
                ),
            )
            .await?;
            Ok::<_, ApiError>(Answer::created(shown(&app, tx, row)))
        },
    )
    .await
}

/// Lets mails through to an address again.
#[utoipa::path(delete, path = "/api/mail/admin/suppressions/{id}", responses((status = 204)))]
pub async fn delete_suppression(
    app: Data<App>,
    staff: Staff<CanEditCustomers>,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    app.db
        .tenant(staff.tenant.id, async |tx| {
            let gone = suppressions::delete(tx, *id).await?;
            let row = gone.ok_or_else(|| ApiError::not_found("suppression-not-found"))?;
            let deed = acted(
                &app,
                &staff,
                "suppression.delete",
                format!("suppression:{}", row.id),
            );
            record(
                tx,
                deed.deleted(&serde_json::json!({ "scope": row.scope, "reason": row.reason })),
            )
            .await
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn shown(app: &App, tx: &TenantTx, row: SuppressionRow) -> SuppressionView {
    let address: Option<Email> = app
        .vault
        .open(suppression_place(tx, &row.id.to_string()), &row.address)
        .ok();
    SuppressionView {
        id: row.id,
        address: address.map(|address| address.as_str().to_owned()),
        scope: row.scope,
        reason: row.reason,
        created_at: row.created_at,
    }
}
