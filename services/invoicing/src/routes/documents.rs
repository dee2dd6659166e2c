//! The store's documents: the queue, one of them, another try, its PDF.

use events::Named;
use http_kit::permissions::{CanManageInvoices, CanReadInvoices};
use http_kit::{ApiError, Data, HttpResponse, Json, List, Page, Path, Query, Staff};
use kernel::{Money, OrderId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::error::document_not_found;
use crate::links;
use crate::paper::{self, Paper};
use crate::store::documents::{self, DocumentRow, State};
use crate::store::orders;
use crate::store::queue::{self, Filter};
use crate::tell;

/// The longest PDF that is given.
const PDF_BYTES_MAX: usize = 16 << 20;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentView {
    pub id: Uuid,
    pub order_id: OrderId,
    pub order_number: String,
    /// invoice_receipt, simplified_invoice, credit_note or proforma.
    #[schema(example = "invoice_receipt")]
    pub kind: String,
    /// pending, draft, issued, failed or withdrawn.
    #[schema(example = "issued")]
    pub status: String,
    /// As printed.
    #[schema(example = "FR 2026/20")]
    pub number: Option<String>,
    pub atcud: Option<String>,
    pub total: Money,
    /// What the provider's document comes to, while it is not the total (`total_differs`, `closed_differs`).
    pub provider_total: Option<Money>,
    /// The refund that a credit note is for.
    pub refund_id: Option<Uuid>,
    /// The invoice that a credit note corrects.
    pub corrects: Option<Uuid>,
    /// moloni, or platform for a proforma.
    pub provider: String,
    /// The provider's id of it, for its own pages.
    pub provider_id: Option<i64>,
    /// Our reference on it.
    pub our_reference: String,
    /// retry, merchant or platform: who has to act.
    pub needs: Option<String>,
    /// Which problem.
    #[schema(example = "total_differs")]
    pub problem: Option<String>,
    /// The same in words, in the store's language.
    pub problem_text: Option<String>,
    /// When it is tried next.
    #[serde(with = "time::serde::rfc3339::option")]
    pub next_at: Option<OffsetDateTime>,
    pub has_pdf: bool,
    /// The PDF's address, for whoever holds it.
    pub pdf_url: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub issued_at: Option<OffsetDateTime>,
}

impl DocumentView {
    fn of(app: &App, row: DocumentRow, locale: &str) -> Self {
        Self {
            pdf_url: links::pdf_url(app, &row),
            status: row.status().name(),
            total: row.total(),
            provider_total: row.provider_total(),
            problem_text: Some(row.problem_text(locale)).filter(|text| !text.is_empty()),
            refund_id: (!row.is_invoice()).then_some(row.subject),
            has_pdf: row.has_pdf(),
            id: row.id,
            order_id: OrderId::from_uuid(row.order_id),
            order_number: row.order_number,
            kind: row.kind,
            number: row.number,
            atcud: row.atcud,
            corrects: row.corrects,
            provider: row.provider,
            provider_id: row.provider_id,
            our_reference: row.our_reference,
            needs: row.needs,
            problem: row.problem,
            next_at: row.next_at,
            created_at: row.created_at,
            issued_at: row.issued_at,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those.
    #[param(inline)]
    pub status: Option<Filter>,
}

/// A page of documents, and how many there are of each status.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Queue {
    #[serde(flatten)]
    pub page: List<DocumentView>,
    pub counts: Counts,
}

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Counts {
    pub waiting: i64,
    pub failed: i64,
    pub issued: i64,
    pub withdrawn: i64,
}

/// The store's documents, the newest first.
#[utoipa::path(get, path = "/api/invoicing/admin/documents", responses((status = 200, body = Queue)))]
pub async fn list_documents(
    app: Data<App>,
    staff: Staff<CanReadInvoices>,
    wanted: Query<Wanted>,
    page: Page,
) -> Result<Json<Queue>, ApiError> {
    let before: Option<Uuid> = page.after()?;
    let (rows, counts) = app
        .db
        .read(staff.tenant.id, async |tx| {
            let rows = queue::list_documents(tx, wanted.status, before, page.fetch()).await?;
            let counts = Counts {
                waiting: queue::count_documents(tx, Filter::Waiting).await?,
                failed: queue::count_documents(tx, Filter::Failed).await?,
                issued: queue::count_documents(tx, Filter::Issued).await?,
                withdrawn: queue::count_documents(tx, Filter::Withdrawn).await?,
            };
            Ok::<_, db::Error>((rows, counts))
        })
        .await?;
    let locale = staff.tenant.locale.to_string();
    let view = |row| DocumentView::of(&app, row, &locale);
    Ok(Json(Queue {
        page: page.list(rows, |row| row.id, view),
        counts,
    }))
}

/// One document.
#[utoipa::path(get, path = "/api/invoicing/admin/documents/{id}", responses((status = 200, body = DocumentView)))]
pub async fn get_document(
    app: Data<App>,
    staff: Staff<CanReadInvoices>,
    id: Path<Uuid>,
) -> Result<Json<DocumentView>, ApiError> {
    let found = app
        .db
        .read(staff.tenant.id, async |tx| {
            documents::find_document(tx, *id).await
        })
        .await?;
    let row = found.ok_or_else(document_not_found)?;
    let locale = staff.tenant.locale.to_string();
    Ok(Json(DocumentView::of(&app, row, &locale)))
}

/// Tries a document again, now that the merchant has mended what kept it. It is found by its reference
/// before it is made a second time.
#[utoipa::path(post, path = "/api/invoicing/admin/documents/{id}/retry", responses((status = 200, body = DocumentView)))]
pub async fn retry_document(
    app: Data<App>,
    staff: Staff<CanManageInvoices>,
    id: Path<Uuid>,
) -> Result<Json<DocumentView>, ApiError> {
    let acted = staff.acted(
        app.clock.now(),
        "invoicing.document.retry",
        format!("document:{}", *id),
    );
    let row = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let found = documents::lock_document(tx, *id).await?;
            let mut row = found.ok_or_else(document_not_found)?;
            retry(&app, &mut row)?;
            documents::save_document(tx, &mut row).await?;
            tell::action(tx, acted).await?;
            Ok::<_, ApiError>(row)
        })
        .await?;
    app.wake.notify_one();
    let locale = staff.tenant.locale.to_string();
    Ok(Json(DocumentView::of(&app, row, &locale)))
}

/// Makes a document due. The time of its last change stays: an open outcome is looked for when it is
/// sure to be found, not when somebody is impatient.
pub(super) fn retry(app: &App, row: &mut DocumentRow) -> Result<(), ApiError> {
    let is_done = match row.state() {
        State::Withdrawn => true,
        State::Issued => row.has_pdf(),
        State::Pending | State::Inserting | State::Draft => false,
    };
    if is_done {
        let status = row.status().name();
        return Err(ApiError::conflict(
            "nothing-to-retry",
            format!("this document is {status}"),
        ));
    }
    row.release();
    (row.attempts, row.pdf_tries) = (0, 0);
    row.next_at = Some(app.clock.now());
    Ok(())
}

/// The PDF of an issued document.
#[utoipa::path(get, path = "/api/invoicing/admin/documents/{id}/pdf",
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn get_document_pdf(
    app: Data<App>,
    staff: Staff<CanReadInvoices>,
    id: Path<Uuid>,
) -> Result<HttpResponse, ApiError> {
    let found = app
        .db
        .read(staff.tenant.id, async |tx| {
            documents::find_document(tx, *id).await
        })
        .await?;
    pdf(&app, found).await
}

/// The paper of a proforma, from what orders told.
async fn proforma(app: &App, row: &DocumentRow) -> Result<Vec<u8>, ApiError> {
    let tenant = row.tenant();
    let order = app
        .db
        .read(tenant, async |tx| {
            orders::find_order(tx, row.order_id).await
        })
        .await?;
    let order = order.and_then(|order| order.order());
    let order = order.ok_or_else(document_not_found)?;
    let (store, locale) = (app.directory.by_id(tenant), app.locale_of(tenant));
    let number = row.number.clone().unwrap_or_default();
    let drawn = tokio::task::spawn_blocking(move || {
        paper::draw(&Paper {
            store: store.as_ref().map_or("", |store| store.name.as_str()),
            locale: &locale,
            number: &number,
            order: &order,
        })
    });
    let content = drawn.await.ok().flatten();
    content.ok_or_else(|| ApiError::internal("a proforma could not be drawn"))
}

/// The kept file. One that is not there yet is worth asking for again.
pub(super) async fn pdf(app: &App, found: Option<DocumentRow>) -> Result<HttpResponse, ApiError> {
    let row = found.filter(|row| row.state() == State::Issued);
    let row = row.ok_or_else(document_not_found)?;
    let later = || {
        ApiError::unavailable("pdf-not-here-yet")
            .detail("the document is issued and its PDF is on the way; try again")
            .retry_after(10)
    };
    let content = if row.is_proforma() {
        proforma(app, &row).await?
    } else {
        let key = row.pdf_key.as_deref().ok_or_else(later)?;
        let content = app.objects.get(key, PDF_BYTES_MAX).await;
        content.map_err(|error| later().because(&error))?
    };
    let number = row.number.as_deref().unwrap_or_default();
    let name: String = number
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((
            "content-disposition",
            format!("inline; filename=\"{name}.pdf\""),
        ))
        .insert_header(("cache-control", "private, no-store"))
        .insert_header(("x-content-type-options", "nosniff"))
        .insert_header(("referrer-policy", "no-referrer"))
        .body(content))
}
