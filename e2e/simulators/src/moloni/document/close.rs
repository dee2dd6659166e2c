//! From a draft to a document that counts: numbered, signed, and fixed for ever.

use super::super::problems::Problems;
use super::super::world::Company;
use super::totals::Totals;
use super::{Document, Draft, Family, Status, credit};
use crate::moloni::fields::Fields;
use crate::random::token;
use rust_decimal::Decimal;

/// Most that a simplified invoice may amount to, by law.
const SIMPLIFIED_MAX: Decimal = Decimal::ONE_THOUSAND;
/// Characters of a document's signature.
const HASH_LENGTH: usize = 172;

/// What is checked when a document is made and again when it is closed.
pub(in crate::moloni) fn check(
    company: &Company,
    family: Family,
    (draft, totals): (&Draft, &Totals),
    given: &Fields,
    problems: &mut Problems,
) {
    if let Some(last) = company.last_day(draft.set_id, family)
        && draft.date < last
    {
        problems.add(format!("12 date >= {last}"));
    }
    if family == Family::SimplifiedInvoices && totals.net > SIMPLIFIED_MAX {
        problems.add(format!("2 net_value 0 {SIMPLIFIED_MAX}"));
    }
    if family == Family::CreditNotes {
        credit::check(company, draft, totals, given, problems);
    }
}

/// Closes a document that was checked.
pub(in crate::moloni) fn close(company: &Company, document: &mut Document) {
    let (set, family) = (document.draft.set_id, document.family);
    document.number = company.next_number(set, family);
    document.status = Status::Closed;
    let code = company.at_code(set, family).unwrap_or_default();
    document.atcud = format!("{code}-{}", document.number);
    document.rsa_hash = token(HASH_LENGTH);
    let customer = company.row("customers", "customer_id", document.draft.customer_id);
    if let Some(card) = customer {
        document.entity = card.clone();
    }
}
