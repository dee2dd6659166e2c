//! What a company is set up with: taxes, series, ways to pay, units. It hardly changes, so it is
//! remembered for a while, and read anew before something is said to be missing.

use std::sync::Arc;

use kernel::TenantId;
use serde_json::{Value, json};

use super::{Desk, rows};
use crate::app::App;
use crate::clients::moloni::row;
use crate::domain::bill::BillLine;
use crate::domain::problem::{Code, Problem};
use crate::provider::ProviderError;

/// By SAF-T: value-added tax, in per cent.
const VAT: &str = "1";
const PER_CENT: &str = "1";
/// Moloni's numbers of document types.
pub(super) const TYPE_INVOICE: i64 = 1;
pub(super) const TYPE_CREDIT_NOTE: i64 = 3;
pub(super) const TYPE_SIMPLIFIED: i64 = 20;
pub(super) const TYPE_INVOICE_RECEIPT: i64 = 27;
/// Our category for products that Moloni does not have yet.
const CATEGORY: &str = "Loja online";

/// A document series that a merchant may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub id: i64,
    pub name: String,
    pub is_usual: bool,
    /// Types of documents that AT knows the series for.
    types: Vec<i64>,
}

impl Series {
    pub fn takes_invoice_receipts(&self) -> bool {
        self.types.contains(&TYPE_INVOICE_RECEIPT)
    }

    pub fn takes_simplified_invoices(&self) -> bool {
        self.types.contains(&TYPE_SIMPLIFIED)
    }

    pub fn takes_credit_notes(&self) -> bool {
        self.types.contains(&TYPE_CREDIT_NOTE)
    }
}

/// The companies that the connected user sees: id and name.
pub async fn companies(app: &App, tenant: TenantId) -> Result<Vec<(i64, String)>, ProviderError> {
    named(
        app,
        tenant,
        0,
        ("companies/getAll", json!({})),
        ("company_id", "name"),
    )
    .await
}

/// A company's ways to be paid: id and name.
pub async fn payment_methods(
    app: &App,
    tenant: TenantId,
    company: i64,
) -> Result<Vec<(i64, String)>, ProviderError> {
    let call = ("paymentMethods/getAll", json!({}));
    named(app, tenant, company, call, ("payment_method_id", "name")).await
}

/// The reasons for taking no VAT: code and text.
pub async fn exemptions(
    app: &App,
    tenant: TenantId,
) -> Result<Vec<(String, String)>, ProviderError> {
    let rows = rows(app, tenant, 0, ("taxExemptions/getAll", json!({}))).await?;
    let read = rows
        .iter()
        .map(|one| (row::text(one, "code"), row::text(one, "name")));
    Ok(read.filter(|(code, _)| !code.is_empty()).collect())
}

async fn named(
    app: &App,
    tenant: TenantId,
    company: i64,
    call: (&str, Value),
    (id, name): (&str, &str),
) -> Result<Vec<(i64, String)>, ProviderError> {
    let rows = rows(app, tenant, company, call).await?;
    let read = rows
        .iter()
        .filter_map(|one| Some((row::id(one, id)?, row::text(one, name))));
    Ok(read.collect())
}

/// A company's series that can be used. Series for cash VAT are those of companies under it, and no
/// other's.
pub async fn series(
    app: &App,
    tenant: TenantId,
    company: i64,
) -> Result<Vec<Series>, ProviderError> {
    let card = super::call(app, tenant, company, "companies/getOne", json!({})).await;
    let card = card.map_err(|refusal| refusal.plain().of_a_look())?;
    let cash = row::is_set(&card, "cash_vat_scheme_indicator");
    let rows = rows(app, tenant, company, ("documentSets/getAll", json!({}))).await?;
    let usable = rows.iter().filter(|one| {
        !row::is_set(one, "is_invisible") && row::is_set(one, "cash_vat_scheme_indicator") == cash
    });
    let read = usable.filter_map(|one| {
        let codes = row::list(one, "document_set_at_codes").iter();
        Some(Series {
            id: row::id(one, "document_set_id")?,
            name: row::text(one, "name"),
            is_usual: row::is_set(one, "active_by_default"),
            types: codes
                .filter_map(|code| row::id(code, "document_type_id"))
                .collect(),
        })
    });
    Ok(read.collect())
}

impl Desk<'_> {
    /// The company's own rate for a line.
    pub(super) async fn tax(&self, line: &BillLine) -> Result<i64, ProviderError> {
        let zone = zone(&line.region);
        let fits = |one: &Value| {
            row::text(one, "saft_type") == VAT
                && row::text(one, "type") == PER_CENT
                && row::is_set(one, "visibility")
                && row::text(one, "fiscal_zone") == zone
                && row::number(one, "value").and_then(|value| value.percent_as_bps())
                    == Some(line.rate_bps)
        };
        let found = self.row_of("taxes/getAll", json!({}), &fits).await?;
        let id = found.and_then(|one| row::id(&one, "tax_id"));
        let missing = || {
            let (whole, part) = (line.rate_bps / 100, line.rate_bps % 100);
            let rate = match part {
                0 => whole.to_string(),
                part => format!("{whole}.{part:02}"),
            };
            Problem::new(Code::TaxMissing, format!("{rate} % ({zone})"))
        };
        id.ok_or_else(|| missing().into())
    }

    /// Whether Moloni has this reason for taking no VAT.
    pub async fn knows_exemption(&self, code: &str) -> Result<bool, ProviderError> {
        let fits = |one: &Value| row::text(one, "code") == code;
        let found = self
            .row_of("taxExemptions/getAll", json!({}), &fits)
            .await?;
        Ok(found.is_some())
    }

    /// Moloni's number of a country. An unknown one is not Portugal.
    pub(super) async fn country(&self, iso: &str) -> Result<i64, ProviderError> {
        let wanted = iso.to_lowercase();
        let fits = |one: &Value| row::text(one, "iso_3166_1").to_lowercase() == wanted;
        let found = self.row_of("countries/getAll", json!({}), &fits).await?;
        let id = found.and_then(|one| row::id(&one, "country_id"));
        id.ok_or_else(|| Problem::new(Code::CountryUnknown, iso).into())
    }

    /// "To be paid at once".
    pub(super) async fn maturity(&self) -> Result<i64, ProviderError> {
        let at_once = |one: &Value| row::text(one, "days") == "0";
        self.one_of("maturityDates/getAll", "maturity_date_id", &at_once)
            .await
    }

    /// The unit of a piece.
    pub(super) async fn unit(&self) -> Result<i64, ProviderError> {
        let piece = |one: &Value| {
            row::text(one, "short_name")
                .to_lowercase()
                .starts_with("un")
        };
        self.one_of("measurementUnits/getAll", "unit_id", &piece)
            .await
    }

    /// The category that new products go into, made when it is not there.
    pub(super) async fn category(&self) -> Result<i64, ProviderError> {
        let top = json!({"parent_id": 0});
        let ours = |one: &Value| row::text(one, "name") == CATEGORY;
        let found = self.row_of("productCategories/getAll", top, &ours).await?;
        if let Some(id) = found.and_then(|one| row::id(&one, "category_id")) {
            return Ok(id);
        }
        let fields = json!({"parent_id": 0, "name": CATEGORY});
        // Not made twice in earnest: a second one is a nuisance, no document.
        let answer = self.call("productCategories/insert", fields).await;
        let answer = answer.map_err(|refusal| refusal.plain().of_a_look())?;
        self.forget("productCategories/getAll");
        super::made(&answer, "category_id").map_err(ProviderError::of_a_look)
    }

    /// The row that fits, or else the first one.
    async fn one_of(
        &self,
        method: &'static str,
        key: &str,
        fits: &(dyn Fn(&Value) -> bool + Sync),
    ) -> Result<i64, ProviderError> {
        let any = |_: &Value| true;
        let found = match self.row_of(method, json!({}), fits).await? {
            Some(found) => Some(found),
            None => self.row_of(method, json!({}), &any).await?,
        };
        let id = found.and_then(|one| row::id(&one, key));
        id.ok_or_else(|| Problem::new(Code::Refused, format!("{method}: []")).into())
    }

    /// A row of a list that is remembered; before there is none, the list is read anew.
    async fn row_of(
        &self,
        method: &'static str,
        fields: Value,
        fits: &(dyn Fn(&Value) -> bool + Sync),
    ) -> Result<Option<Value>, ProviderError> {
        let key = (self.tenant, self.company, method);
        if let Some(known) = self.app.lookups.get(&key)
            && let Some(found) = known.iter().find(|one| fits(one))
        {
            return Ok(Some(found.clone()));
        }
        let rows = Arc::new(self.rows(method, fields).await?);
        self.app.lookups.insert(key, Arc::clone(&rows));
        Ok(rows.iter().find(|one| fits(one)).cloned())
    }

    fn forget(&self, method: &'static str) {
        let key = (self.tenant, self.company, method);
        self.app.lookups.invalidate(&key);
    }
}

/// Moloni's fiscal zone of a region.
fn zone(region: &str) -> &str {
    match region {
        "" => "PT",
        "PT-20" => "PT-AC",
        "PT-30" => "PT-MA",
        other => other,
    }
}
