//! What Moloni offers to choose from.

use http_kit::permissions::CanManageInvoices;
use http_kit::{ApiError, Data, Json, Path, Staff};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::desk;
use crate::error::provider_refused;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompanyView {
    pub id: i64,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompanyList {
    pub items: Vec<CompanyView>,
}

/// The companies that the connected user sees. The store's is chosen among them, never guessed.
#[utoipa::path(get, path = "/api/invoicing/admin/moloni/companies", responses((status = 200, body = CompanyList)))]
pub async fn list_moloni_companies(
    app: Data<App>,
    staff: Staff<CanManageInvoices>,
) -> Result<Json<CompanyList>, ApiError> {
    let locale = staff.tenant.locale.to_string();
    let found = desk::companies(&app, staff.tenant.id).await;
    let found = found.map_err(|error| provider_refused(error, &locale))?;
    let items = found.into_iter().map(|(id, name)| CompanyView { id, name });
    Ok(Json(CompanyList {
        items: items.collect(),
    }))
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeriesView {
    pub id: i64,
    pub name: String,
    /// What Moloni chooses by itself.
    pub is_usual: bool,
    /// Whether AT knows the series for invoice-receipts, simplified invoices and credit notes.
    pub invoice_receipts: bool,
    pub simplified_invoices: bool,
    pub credit_notes: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentMethodView {
    pub id: i64,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExemptionView {
    #[schema(example = "M10")]
    pub code: String,
    pub name: String,
}

/// What a company offers to the settings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompanyDetail {
    pub series: Vec<SeriesView>,
    pub payment_methods: Vec<PaymentMethodView>,
    pub exemptions: Vec<ExemptionView>,
}

/// A company's series, ways to pay, and the reasons for taking no VAT.
#[utoipa::path(get, path = "/api/invoicing/admin/moloni/companies/{company_id}", responses((status = 200, body = CompanyDetail)))]
pub async fn get_moloni_company(
    app: Data<App>,
    staff: Staff<CanManageInvoices>,
    company_id: Path<i64>,
) -> Result<Json<CompanyDetail>, ApiError> {
    let locale = staff.tenant.locale.to_string();
    let refused = |error| provider_refused(error, &locale);
    let (tenant, company) = (staff.tenant.id, *company_id);
    let known = desk::companies(&app, tenant).await.map_err(refused)?;
    if !known.iter().any(|(id, _)| *id == company) {
        return Err(ApiError::not_found("company-not-found"));
    }
    let series = desk::series(&app, tenant, company).await.map_err(refused)?;
    let methods = desk::payment_methods(&app, tenant, company).await;
    let methods = methods.map_err(refused)?;
    let exemptions = desk::exemptions(&app, tenant).await.map_err(refused)?;
    let series = series.into_iter().map(|one| SeriesView {
        invoice_receipts: one.takes_invoice_receipts(),
        simplified_invoices: one.takes_simplified_invoices(),
        credit_notes: one.takes_credit_notes(),
        id: one.id,
        name: one.name,
        is_usual: one.is_usual,
    });
    let methods = methods
        .into_iter()
        .map(|(id, name)| PaymentMethodView { id, name });
    let exemptions = exemptions
        .into_iter()
        .map(|(code, name)| ExemptionView { code, name });
    Ok(Json(CompanyDetail {
        series: series.collect(),
        payment_methods: methods.collect(),
        exemptions: exemptions.collect(),
    }))
}
