//! Which call does what.

mod customers;
mod documents;
mod lookups;
mod products;

use super::document::Family;
use super::fields::Fields;
use super::problems::{Refusal, Result};
use super::seed;
use super::world::{Company, World};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// Rows of a page: what comes without `qty`, and the most that may be asked for.
const PAGE_SIZE_MAX: usize = 50;

/// What one call works with.
pub(super) struct Desk<'a> {
    pub(super) world: &'a mut World,
    pub(super) company_id: i64,
    pub(super) now: OffsetDateTime,
    /// Address of the pages, without a slash at the end.
    pub(super) base: &'a str,
}

impl Desk<'_> {
    fn company(&mut self) -> Result<&mut Company> {
        let company = self.world.companies.get_mut(&self.company_id);
        company.ok_or(Refusal::Forbidden("You do not have access to this company"))
    }
}

pub(super) fn answer(
    desk: &mut Desk<'_>,
    resource: &str,
    method: &str,
    fields: &Fields,
) -> Result<Value> {
    if let Some(table) = shared_table(resource, method) {
        return Ok(page(seed::global(table).iter().cloned(), fields));
    }
    if (resource, method) == ("companies", "getAll") {
        let cards = desk
            .world
            .companies
            .values()
            .map(|company| company.card.clone());
        return Ok(page(cards, fields));
    }
    desk.company_id = fields.id("company_id");
    if desk.company_id == 0 {
        return Err(Refusal::Forbidden("No company_id received"));
    }
    desk.company()?;
    match (resource, method) {
        ("companies", "getOne") => Ok(desk.company()?.card.clone()),
        ("customers", _) => customers::answer(desk, method, fields),
        ("products", _) => products::answer(desk, method, fields),
        ("documents", "getUnrelatedProducts") => documents::unrelated(desk, fields),
        ("documents", "getPDFLink") => documents::pdf_link(desk, fields),
        ("documents", _) => documents::read(desk, None, method, fields),
        _ => match Family::of(resource) {
            Some(family) => documents::answer(desk, family, method, fields),
            None => lookups::answer(desk, resource, method, fields),
        },
    }
}

/// The tables that need no company.
fn shared_table(resource: &str, method: &str) -> Option<&'static str> {
    match (resource, method) {
        ("countries", "getAll") => Some("countries"),
        ("languages", "getAll") => Some("languages"),
        ("currencies", "getAll") => Some("currencies"),
        ("currencyExchange", "getAll") => Some("currencyExchange"),
        ("fiscalZones", "getAll") => Some("fiscalZones"),
        ("taxExemptions", "getAll") => Some("taxExemptions"),
        ("documents", "getAllDocumentTypes") => Some("documentTypes"),
        _ => None,
    }
}

/// At most fifty rows, whatever was asked for.
fn page(rows: impl Iterator<Item = Value>, fields: &Fields) -> Value {
    let asked = |name| {
        fields
            .int(name)
            .and_then(|number| usize::try_from(number).ok())
    };
    let qty = asked("qty").filter(|qty| (1..=PAGE_SIZE_MAX).contains(qty));
    let offset = asked("offset").unwrap_or_default();
    rows.skip(offset)
        .take(qty.unwrap_or(PAGE_SIZE_MAX))
        .collect()
}

/// A text, not a number.
fn counted(rows: usize) -> Value {
    json!({"count": rows.to_string()})
}

/// Whether a text is the one looked for; loosely when `exact` is not asked for, and even then
/// without regard to capitals.
fn is_like(text: &str, wanted: &str, fields: &Fields) -> bool {
    let (text, wanted) = (text.to_lowercase(), wanted.to_lowercase());
    match fields.id("exact") {
        1 => text == wanted,
        _ => text.contains(&wanted),
    }
}
