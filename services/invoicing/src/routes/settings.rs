//! How the merchant wants his documents.

use std::collections::BTreeMap;

use garde::Validate;
use http_kit::permissions::{CanManageInvoices, CanReadInvoices};
use http_kit::{ApiError, Data, HttpResponse, IfMatch, Json, Optional, Staff, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::desk::{self, Series};
use crate::domain::problem::Code;
use crate::domain::reference::PRODUCT_CHARS_MAX;
use crate::error::provider_refused;
use crate::provider::ProviderError;
use crate::store::documents;
use crate::store::settings::{self, SettingsRow};
use crate::tell;

/// The ways to pay that an order may name, by the payment provider's words.
const WAYS_TO_PAY: [&str; 18] = [
    "alipay",
    "amazon_pay",
    "bancontact",
    "blik",
    "card",
    "customer_balance",
    "eps",
    "ideal",
    "klarna",
    "link",
    "mb_way",
    "multibanco",
    "p24",
    "paypal",
    "revolut_pay",
    "satispay",
    "sepa_debit",
    "wechat_pay",
];
const SHIPPING: &str = "ENVIO";
const _: () = assert!(SHIPPING.len() <= PRODUCT_CHARS_MAX);

/// The kinds of invoices that a merchant may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    InvoiceReceipt,
    /// Where the law allows it; an invoice-receipt elsewhere.
    SimplifiedInvoice,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::InvoiceReceipt => "invoice_receipt",
            Self::SimplifiedInvoice => "simplified_invoice",
        }
    }
}

#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct SetInvoicingSettings {
    pub company_id: i64,
    /// The series of invoices.
    pub document_set_id: i64,
    /// The series of credit notes; the same when absent.
    #[serde(default)]
    pub credit_note_set_id: Option<i64>,
    pub kind: Kind,
    /// Whether documents are closed by themselves, or left as drafts in Moloni for a person.
    pub close: bool,
    /// Why lines without VAT have none, where the order does not say so itself.
    #[serde(default)]
    #[schema(example = "M10")]
    pub exemption_code: Option<String>,
    /// The shop's ways to pay → Moloni's ids.
    #[serde(default)]
    #[schema(example = json!({"card": 50003, "multibanco": 50002}))]
    pub payment_methods: BTreeMap<String, i64>,
    /// For ways to pay that are not among them; absent: Moloni's usual one.
    #[serde(default)]
    pub payment_method_id: Option<i64>,
    /// Reference of the product that stands for shipping; made in Moloni when it is not there.
    #[serde(default)]
    #[garde(inner(length(chars, min = 1, max = PRODUCT_CHARS_MAX)))]
    #[schema(example = "ENVIO")]
    pub shipping_reference: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvoicingSettingsView {
    pub company_id: i64,
    pub company_name: String,
    pub document_set_id: i64,
    pub document_set_name: String,
    pub credit_note_set_id: i64,
    pub credit_note_set_name: String,
    #[schema(example = "invoice_receipt")]
    pub kind: String,
    pub close: bool,
    pub exemption_code: Option<String>,
    pub payment_methods: BTreeMap<String, i64>,
    pub payment_method_id: Option<i64>,
    pub shipping_reference: String,
    pub version: i64,
}

impl InvoicingSettingsView {
    fn of((row, version): (SettingsRow, i64)) -> Self {
        Self {
            payment_methods: row.methods(),
            company_id: row.company_id,
            company_name: row.company_name,
            document_set_id: row.document_set_id,
            document_set_name: row.document_set_name,
            credit_note_set_id: row.credit_set_id,
            credit_note_set_name: row.credit_set_name,
            kind: row.kind,
            close: row.closes,
            exemption_code: row.exemption_code,
            payment_method_id: row.payment_method,
            shipping_reference: row.shipping_reference,
            version,
        }
    }
}

/// How documents are issued; 404 until it was chosen.
#[utoipa::path(get, path = "/api/invoicing/admin/settings", responses((status = 200, body = InvoicingSettingsView)))]
pub async fn get_invoicing_settings(
    app: Data<App>,
    staff: Staff<CanReadInvoices>,
) -> Result<HttpResponse, ApiError> {
    let found = app
        .db
        .read(staff.tenant.id, async |tx| {
            settings::find_settings(tx).await
        })
        .await?;
    let found = found.ok_or_else(|| ApiError::not_found("settings-not-found"))?;
    Ok(answer(&InvoicingSettingsView::of(found)))
}

/// Chooses company, series and kind. Everything is looked up at Moloni first; documents that wait for a
/// choice go on by themselves. Changes need `If-Match` with the version that was seen.
#[utoipa::path(put, path = "/api/invoicing/admin/settings", responses((status = 200, body = InvoicingSettingsView)))]
pub async fn set_invoicing_settings(
    app: Data<App>,
    staff: Staff<CanManageInvoices>,
    seen: Optional<IfMatch>,
    body: Json<SetInvoicingSettings>,
) -> Result<HttpResponse, ApiError> {
    let row = checked(&app, &staff, &body).await?;
    let now = app.clock.now();
    let view = app
        .db
        .tenant(staff.tenant.id, async |tx| {
            let before = settings::find_settings(tx)
                .await?
                .map(InvoicingSettingsView::of);
            if let Some(before) = &before {
                unchanged(before, *seen)?;
            }
            let version = settings::save_settings(tx, &row).await?;
            let view = InvoicingSettingsView::of((row, version));
            let acted = staff.acted(now, "invoicing.settings.update", "settings:invoicing");
            let acted = match &before {
                Some(before) => acted.changed(before, &view),
                None => acted.created(&view),
            };
            let waiting = [
                Code::NotConfigured,
                Code::ExemptionMissing,
                Code::SeriesRefused,
            ];
            documents::release_problems(tx, &waiting, now).await?;
            documents::release_exemptions(tx, now).await?;
            tell::action(tx, acted).await?;
            Ok::<_, ApiError>(view)
        })
        .await?;
    app.wake.notify_one();
    Ok(answer(&view))
}

fn unchanged(before: &InvoicingSettingsView, seen: Option<IfMatch>) -> Result<(), ApiError> {
    match seen {
        Some(IfMatch(version)) if version == before.version => Ok(()),
        Some(_) => Err(ApiError::precondition_failed(before)),
        None => {
            let problem = ApiError::new(StatusCode::PRECONDITION_REQUIRED, "if-match-required");
            Err(problem.detail("send If-Match with the version you saw, such as If-Match: \"7\""))
        }
    }
}

fn answer(view: &InvoicingSettingsView) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(IfMatch::etag(view.version))
        .json(view)
}

/// The choice, when Moloni has all of it.
async fn checked(
    app: &App,
    staff: &Staff<CanManageInvoices>,
    body: &SetInvoicingSettings,
) -> Result<SettingsRow, ApiError> {
    let (tenant, company) = (staff.tenant.id, body.company_id);
    let locale = staff.tenant.locale.to_string();
    let refused = |error: ProviderError| provider_refused(error, &locale);
    let companies = desk::companies(app, tenant).await.map_err(refused)?;
    let company_name = companies.iter().find(|(id, _)| *id == company);
    let (_, company_name) = company_name.ok_or_else(|| unknown("/company_id", &companies))?;
    let series = desk::series(app, tenant, company).await.map_err(refused)?;
    let fits = |one: &Series| {
        one.takes_invoice_receipts()
            && (body.kind == Kind::InvoiceReceipt || one.takes_simplified_invoices())
    };
    let set = chosen(&series, "/document_set_id", body.document_set_id, fits)?;
    let credit = body.credit_note_set_id.unwrap_or(body.document_set_id);
    let credit = chosen(
        &series,
        "/credit_note_set_id",
        credit,
        Series::takes_credit_notes,
    )?;
    let methods = desk::payment_methods(app, tenant, company).await;
    let methods = methods.map_err(refused)?;
    let is_method = |id: &i64| methods.iter().any(|(known, _)| known == id);
    for (name, id) in &body.payment_methods {
        if !WAYS_TO_PAY.contains(&name.as_str()) {
            return Err(unknown_way(name));
        }
        if !is_method(id) {
            return Err(unknown(&format!("/payment_methods/{name}"), &methods));
        }
    }
    if body
        .payment_method_id
        .as_ref()
        .is_some_and(|id| !is_method(id))
    {
        return Err(unknown("/payment_method_id", &methods));
    }
    if let Some(code) = &body.exemption_code {
        let known = desk::exemptions(app, tenant).await.map_err(refused)?;
        if !known.iter().any(|(one, _)| one == code) {
            return Err(unknown("/exemption_code", &known));
        }
    }
    let reference = body.shipping_reference.as_deref().map(str::trim);
    Ok(SettingsRow {
        company_id: company,
        company_name: company_name.clone(),
        document_set_id: set.id,
        document_set_name: set.name.clone(),
        credit_set_id: credit.id,
        credit_set_name: credit.name.clone(),
        kind: body.kind.as_str().to_owned(),
        closes: body.close,
        exemption_code: body.exemption_code.clone(),
        payment_methods: json!(body.payment_methods),
        payment_method: body.payment_method_id,
        shipping_reference: reference
            .filter(|text| !text.is_empty())
            .unwrap_or(SHIPPING)
            .to_owned(),
        updated_at: app.clock.now(),
    })
}

/// 422 for a way to pay that no order will ever name.
fn unknown_way(name: &str) -> ApiError {
    let known = WAYS_TO_PAY.join(", ");
    ApiError::invalid("unknown-choice", "no order is paid in this way").at(
        format!("/payment_methods/{name}"),
        "unknown",
        format!("ways to pay are: {known}"),
    )
}

fn chosen<'a>(
    series: &'a [Series],
    field: &str,
    id: i64,
    fits: impl Fn(&Series) -> bool,
) -> Result<&'a Series, ApiError> {
    let found = series.iter().find(|one| one.id == id && fits(one));
    let offered = || {
        let usable = series.iter().filter(|one| fits(one));
        usable
            .map(|one| (one.id, one.name.clone()))
            .collect::<Vec<_>>()
    };
    found.ok_or_else(|| unknown(field, &offered()))
}

/// 422 that says what would be accepted.
fn unknown<K: std::fmt::Display>(field: &str, offered: &[(K, String)]) -> ApiError {
    let offered = offered.iter().map(|(key, name)| format!("{key} ({name})"));
    let offered = offered.collect::<Vec<_>>().join(", ");
    ApiError::invalid("unknown-choice", "Moloni does not offer this").at(
        field,
        "unknown",
        format!("one of: {offered}"),
    )
}
