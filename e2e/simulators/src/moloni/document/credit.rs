//! What a credit note must say about the document that it credits.

use super::super::problems::Problems;
use super::super::world::Company;
use super::totals::Totals;
use super::{Association, Document, Draft, Family, Line};
use crate::moloni::fields::Fields;
use rust_decimal::Decimal;

/// Checks a credit note at its insert and again when it is closed. `given` are the fields of this
/// call: associations and total must be sent both times.
pub(in crate::moloni) fn check(
    company: &Company,
    draft: &Draft,
    totals: &Totals,
    given: &Fields,
    problems: &mut Problems,
) {
    if draft.associated.is_empty() || !given.has("associated_documents") {
        problems.missing("associated_documents");
    }
    let mut inner = Problems::default();
    for association in &draft.associated {
        check_association(company, draft, association, &mut inner);
    }
    problems.nest(inner);
    for line in &draft.lines {
        check_line(company, draft, line, problems);
    }
    check_total(company, draft, totals, given, problems);
    check_day(company, draft, problems);
}

/// A closed document that can be credited.
fn original(company: &Company, id: i64) -> Option<&Document> {
    let document = company.documents.get(&id)?;
    (document.is_closed() && document.family != Family::CreditNotes).then_some(document)
}

fn check_association(
    company: &Company,
    draft: &Draft,
    association: &Association,
    problems: &mut Problems,
) {
    match original(company, association.id) {
        Some(document) if document.draft.customer_id == draft.customer_id => {
            // Nothing of a document that was paid by its issue is left to settle.
            let most = match document.family.is_self_paid() {
                true => Decimal::ZERO,
                false => left_to_credit(company, document),
            };
            if association.value > most {
                problems.add(format!("2 value 0 {most}"));
            }
        }
        _ => problems.add("10 associated_id"),
    }
}

fn check_line(company: &Company, draft: &Draft, line: &Line, problems: &mut Problems) {
    let named = draft.associated.iter().any(|one| one.id == line.origin_id);
    let document = original(company, line.origin_id).filter(|_| named);
    let credited = document.and_then(|document| {
        let mut lines = document.draft.lines.iter();
        lines.find(|one| one.id == line.related_id)
    });
    let Some(credited) = credited else {
        return problems.invalid("related_id");
    };
    let left = quantity_left(company, line.origin_id, credited);
    let same_line = draft
        .lines
        .iter()
        .filter(|one| one.related_id == credited.id);
    let asked: Decimal = same_line.map(|one| one.qty).sum();
    if line.product_id != credited.product_id {
        problems.invalid("product_id");
    }
    if asked > left {
        problems.add(format!("2 qty 0 {left}"));
    }
    if line.price > credited.price {
        problems.add(format!("2 price 0 {}", credited.price));
    }
}

fn check_total(
    company: &Company,
    draft: &Draft,
    totals: &Totals,
    given: &Fields,
    problems: &mut Problems,
) {
    let originals = draft
        .associated
        .iter()
        .filter_map(|one| original(company, one.id));
    let left: Decimal = originals
        .map(|document| left_to_credit(company, document))
        .sum();
    match given.decimal("net_value") {
        None => problems.missing("net_value"),
        Some(value) if value > left || totals.net > left => {
            problems.add(format!("2 net_value 0 {left}"));
        }
        Some(_) => {}
    }
}

fn check_day(company: &Company, draft: &Draft, problems: &mut Problems) {
    let originals = draft
        .associated
        .iter()
        .filter_map(|one| original(company, one.id));
    if let Some(last) = originals.map(|document| document.draft.date).max()
        && draft.date < last
    {
        problems.add(format!("12 date >= {last}"));
    }
}

fn left_to_credit(company: &Company, document: &Document) -> Decimal {
    let credited: Decimal = company
        .credits_of(document.id)
        .map(|note| note.totals.net)
        .sum();
    (document.totals.net - credited).normalize()
}

fn quantity_left(company: &Company, document: i64, line: &Line) -> Decimal {
    let lines = company
        .credits_of(document)
        .flat_map(|note| &note.draft.lines);
    let credited: Decimal = lines
        .filter(|one| one.related_id == line.id)
        .map(|one| one.qty)
        .sum();
    (line.qty - credited).normalize()
}

/// The lines of a document with what is not credited yet.
pub(in crate::moloni) fn unrelated(company: &Company, document: &Document) -> Vec<Line> {
    let left = |line: &Line| Line {
        qty: quantity_left(company, document.id, line),
        ..line.clone()
    };
    let lines = document.draft.lines.iter().map(left);
    lines.filter(|line| line.qty > Decimal::ZERO).collect()
}
