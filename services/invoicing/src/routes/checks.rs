//! What the daily look at the books found.

use http_kit::permissions::{CanManageInvoices, CanReadInvoices};
use http_kit::{ApiError, Data, Json, List, Page, Staff};
use kernel::{Currency, Money};
use serde::Serialize;
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;

use crate::app::App;
use crate::jobs::check_books as job;
use crate::store::checks::{self, CheckRow};

/// One day's result. It is good when nothing is missing, nothing differs and nothing failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckView {
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    pub good: bool,
    /// Paid orders that must have an invoice.
    pub orders: i64,
    pub issued: i64,
    pub waiting: i64,
    pub failed: i64,
    /// Orders and refunds that had no document; it is made then.
    pub missing: i64,
    /// Documents over another amount than was paid or went back.
    pub differing: i64,
    pub orders_total: Money,
    pub issued_total: Money,
    /// What went back of issued invoices.
    pub refunds_total: Money,
    pub credited_total: Money,
    #[serde(with = "time::serde::rfc3339")]
    pub checked_at: OffsetDateTime,
}

impl From<CheckRow> for CheckView {
    fn from(row: CheckRow) -> Self {
        let money = |minor| Money::new(minor, Currency::EUR);
        Self {
            day: row.day,
            good: row.missing == 0 && row.differing == 0 && row.failed == 0,
            orders: row.orders,
            issued: row.issued,
            waiting: row.waiting,
            failed: row.failed,
            missing: row.missing,
            differing: row.differing,
            orders_total: money(row.orders_minor),
            issued_total: money(row.issued_minor),
            refunds_total: money(row.refunds_minor),
            credited_total: money(row.credited_minor),
            checked_at: row.checked_at,
        }
    }
}

/// The results of the daily checks, the newest first.
#[utoipa::path(get, path = "/api/invoicing/admin/checks", responses((status = 200, body = List<CheckView>)))]
pub async fn list_checks(
    app: Data<App>,
    staff: Staff<CanReadInvoices>,
    page: Page,
) -> Result<Json<List<CheckView>>, ApiError> {
    let before: Option<Date> = page.after()?;
    let rows = app
        .db
        .read(staff.tenant.id, async |tx| {
            checks::list_checks(tx, before, page.fetch()).await
        })
        .await?;
    Ok(Json(page.list(rows, |row| row.day, CheckView::from)))
}

/// Checks the books now, and makes what is missing.
#[utoipa::path(post, path = "/api/invoicing/admin/checks", responses((status = 200, body = CheckView)))]
pub async fn check_books(
    app: Data<App>,
    staff: Staff<CanManageInvoices>,
) -> Result<Json<CheckView>, ApiError> {
    let row = job::check(&app, staff.tenant.id).await?;
    Ok(Json(CheckView::from(row)))
}
