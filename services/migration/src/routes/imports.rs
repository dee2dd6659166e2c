//! Imports for those who may begin them.

use db::TenantTx;
use events::migration::v1::ActionRecorded;
use http_kit::permissions::CanManageImports;
use http_kit::{ApiError, Data, HttpResponse, Json, List, Page, Path, Staff};
use time::OffsetDateTime;
use uuid::Uuid;

use super::view::{ImportView, view};
use crate::app::App;
use crate::error::import_not_found;
use crate::jobs::run_import;
use crate::store::imports::{self, ImportRow, QUEUED, RUNNING, STOPPED, STOPPING};

/// The store's imports, the newest first.
#[utoipa::path(get, path = "/api/migration/admin/imports", responses((status = 200, body = List<ImportView>)))]
pub async fn list_imports(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    page: Page,
) -> Result<Json<List<ImportView>>, ApiError> {
    let before: Option<Uuid> = page.after()?;
    let now = app.clock.now();
    let views = app
        .db
        .read(staff.tenant.id, async |tx| {
            let rows = imports::list_imports(tx, before, page.fetch()).await?;
            let mut views = Vec::new();
            for row in rows {
                views.push(view(tx, row, now).await?);
            }
            Ok::<_, db::Error>(views)
        })
        .await?;
    Ok(Json(page.list(views, |view| view.id, |view| view)))
}

/// An import with how far it has come.
#[utoipa::path(get, path = "/api/migration/admin/imports/{id}", responses((status = 200, body = ImportView)))]
pub async fn get_import(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    id: Path<Uuid>,
) -> Result<Json<ImportView>, ApiError> {
    let now = app.clock.now();
    let found = app
        .db
        .read(staff.tenant.id, async |tx| find(tx, *id, now).await)
        .await?;
    Ok(Json(found))
}

pub(super) async fn find(
    tx: &TenantTx,
    id: Uuid,
    now: OffsetDateTime,
) -> Result<ImportView, ApiError> {
    let row = imports::find_import(tx, id).await?;
    let row = row.ok_or_else(import_not_found)?;
    Ok(view(tx, row, now).await?)
}

/// Stops an import after the page in hand; it can go on from there.
#[utoipa::path(post, path = "/api/migration/admin/imports/{id}/stop", responses((status = 200, body = ImportView)))]
pub async fn stop_import(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    id: Path<Uuid>,
) -> Result<Json<ImportView>, ApiError> {
    change(&app, &staff, *id, Change::Stop).await
}

/// Lets a stopped import go on where it was.
#[utoipa::path(post, path = "/api/migration/admin/imports/{id}/resume", responses((status = 200, body = ImportView)))]
pub async fn resume_import(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    id: Path<Uuid>,
) -> Result<Json<ImportView>, ApiError> {
    change(&app, &staff, *id, Change::Resume).await
}

#[derive(Clone, Copy)]
enum Change {
    Stop,
    Resume,
}

async fn change(
    app: &App,
    staff: &Staff<CanManageImports>,
    id: Uuid,
    change: Change,
) -> Result<Json<ImportView>, ApiError> {
    let now = app.clock.now();
    let changed = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let row = imports::lock_import(tx, id).await?;
            let row = row.ok_or_else(import_not_found)?;
            match (change, row.state.as_str()) {
                (Change::Stop, QUEUED | RUNNING) => {
                    imports::save_state(tx, id, STOPPING, now).await?;
                    // The turn in hand sees it; where there is none, this one does.
                    run_import::enqueue(tx, id, now).await?;
                    record(tx, staff, &row, "import.stop", now).await?;
                }
                (Change::Resume, STOPPED) => {
                    imports::save_state(tx, id, QUEUED, now)
                        .await
                        .map_err(taken)?;
                    run_import::enqueue(tx, id, now).await?;
                    record(tx, staff, &row, "import.resume", now).await?;
                }
                // What is so already is no error.
                (Change::Stop, STOPPING | STOPPED) | (Change::Resume, QUEUED | RUNNING) => {}
                (_, state) => {
                    let detail = format!(
                        "an import that is {state} cannot be stopped or go on; begin another one"
                    );
                    return Err(ApiError::conflict("import-ended", detail));
                }
            }
            find(tx, id, now).await
        })
        .await?;
    Ok(Json(changed))
}

fn taken(error: db::Error) -> ApiError {
    if error.is_unique_violation("import_under_way") {
        let detail = "a store imports one shop at a time, and another import goes on";
        ApiError::conflict("import-under-way", detail)
    } else {
        error.into()
    }
}

/// Forgets an import that does not go on, with its report and its keys. What came of it stays, and is known
/// when the shop is imported again.
#[utoipa::path(delete, path = "/api/migration/admin/imports/{id}", responses((status = 204)))]
pub async fn delete_import(
    app: Data<App>,
    staff: Staff<CanManageImports>,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    let now = app.clock.now();
    app.db
        .tenant(staff.tenant.id, async |tx| {
            let row = imports::lock_import(tx, *id).await?;
            let row = row.ok_or_else(import_not_found)?;
            if row.is_under_way() {
                let detail = "stop it first";
                return Err(ApiError::conflict("import-under-way", detail));
            }
            imports::delete_import(tx, *id).await?;
            record(tx, &staff, &row, "import.delete", now).await
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn record(
    tx: &mut TenantTx,
    staff: &Staff<CanManageImports>,
    row: &ImportRow,
    action: &str,
    now: OffsetDateTime,
) -> Result<(), ApiError> {
    let acted = staff.acted(now, action, format!("import:{}", row.id));
    let event = ActionRecorded {
        tenant_id: tx.tenant().to_string(),
        action: Some(acted.into()),
    };
    Ok(bus::emit(tx, &event).await?)
}
