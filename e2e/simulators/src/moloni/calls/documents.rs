//! Fiscal documents: made as drafts, closed for good.

use super::super::document::read::Reader;
use super::super::document::totals::{self, Method, Totals};
use super::super::document::{Document, Draft, Family, Status, close, credit, show};
use super::super::fields::Fields;
use super::super::lisbon;
use super::super::problems::{Problems, Refusal, Result};
use super::{Desk, counted, page};
use crate::json::Json as _;
use crate::random::digits;
use serde_json::{Value, json};

const SECRET_LENGTH: usize = 32;

pub(super) fn answer(
    desk: &mut Desk<'_>,
    family: Family,
    method: &str,
    fields: &Fields,
) -> Result<Value> {
    match method {
        "insert" => insert(desk, family, fields),
        "update" => update(desk, family, fields),
        "delete" => delete(desk, family, fields),
        _ => read(desk, Some(family), method, fields),
    }
}

/// The calls that only look; of one family, or of all.
pub(super) fn read(
    desk: &mut Desk<'_>,
    family: Option<Family>,
    method: &str,
    fields: &Fields,
) -> Result<Value> {
    match method {
        "getOne" => get_one(desk, family, fields),
        "getAll" => {
            let found = search(desk, family, fields)?;
            let company = desk.company()?;
            let rows = found
                .iter()
                .map(|document| show::summary(company, document));
            Ok(page(rows, fields))
        }
        "count" => Ok(counted(search(desk, family, fields)?.len())),
        _ => Err(Refusal::Unknown),
    }
}

fn get_one(desk: &mut Desk<'_>, family: Option<Family>, fields: &Fields) -> Result<Value> {
    let method = desk.world.settings.calc_method_id;
    let found = match fields.id("document_id") {
        0 => search(desk, family, fields)?.into_iter().next(),
        id => desk.company()?.documents.get(&id).cloned(),
    };
    let company = desk.company()?;
    let found = found.filter(|document| family.is_none_or(|family| document.family == family));
    Ok(match found {
        Some(document) => show::full(company, &document, method),
        None => json!([]),
    })
}

/// The documents that fit, newest first. What is no filter, or has no sense, is not looked at.
fn search(desk: &mut Desk<'_>, family: Option<Family>, fields: &Fields) -> Result<Vec<Document>> {
    let seen_until = desk.now.unix_timestamp() - desk.world.settings.search_lag_seconds;
    let documents = desk.company()?.documents.values().rev();
    let fits = |document: &&Document| {
        document.made_at <= seen_until
            && family.is_none_or(|family| document.family == family)
            && is_wanted(document, fields)
    };
    Ok(documents.filter(fits).cloned().collect())
}

fn is_wanted(document: &Document, fields: &Fields) -> bool {
    let draft = &document.draft;
    let id = |name, value| matches!(fields.id(name), 0) || fields.id(name) == value;
    let day = |name, value| fields.date(name).is_none_or(|day| Some(day) == value);
    // A part of a reference finds it, whether or not the case is the same.
    let like = |name, value: &str| {
        value
            .to_lowercase()
            .contains(&fields.text(name).to_lowercase())
    };
    id("customer_id", draft.customer_id)
        && id("document_set_id", draft.set_id)
        && id("number", document.number)
        && id("year", i64::from(draft.date.year()))
        && fields
            .int("status")
            .is_none_or(|status| status == i64::from(document.status.code()))
        && day("date", Some(draft.date))
        && day("expiration_date", draft.expiration)
        && like("our_reference", &draft.our_reference)
        && like("your_reference", &draft.your_reference)
}

fn insert(desk: &mut Desk<'_>, family: Family, fields: &Fields) -> Result<Value> {
    let (mut draft, totals, mut problems) = drafted(desk, family, fields)?;
    close::check(
        desk.company()?,
        family,
        (&draft, &totals),
        fields,
        &mut problems,
    );
    problems.result()?;
    number_lines(desk, &mut draft);
    let id = desk.world.next_id();
    let made_at = desk.now.unix_timestamp();
    let company = desk.company()?;
    let customer = company.row("customers", "customer_id", draft.customer_id);
    let set = company.row("documentSets", "document_set_id", draft.set_id);
    let mut document = Document {
        id,
        family,
        status: Status::Draft,
        number: -1,
        input: fields.clone(),
        entity: customer.cloned().unwrap_or_default(),
        set_name: set
            .map(|set| set.text("name").to_owned())
            .unwrap_or_default(),
        draft,
        totals,
        atcud: String::new(),
        rsa_hash: String::new(),
        secret: digits(SECRET_LENGTH),
        made_at,
        changed_at: made_at,
    };
    if fields.int("status") == Some(1) {
        close::close(company, &mut document);
        mail(desk, &document, fields)?;
    }
    desk.company()?.documents.insert(id, document);
    Ok(json!({"valid": 1, "document_id": id}))
}

/// Changes a draft, and closes it with `status` 1. Lines that are not sent stay as they are, but
/// a credit note's associations and total must be sent again to close it.
fn update(desk: &mut Desk<'_>, family: Family, fields: &Fields) -> Result<Value> {
    let mut document = changeable(desk, family, fields)?;
    let closes = match fields.int("status") {
        None | Some(0) => false,
        Some(1) => true,
        Some(_) => return Err(Refusal::field("5 status")),
    };
    let whole = document.input.overlaid(fields);
    let (mut draft, mut totals, mut problems) = drafted(desk, family, &whole)?;
    match fields.has("products") {
        true => number_lines(desk, &mut draft),
        false => {
            draft.lines.clone_from(&document.draft.lines);
            totals = totalled(desk, &draft);
        }
    }
    if closes {
        close::check(
            desk.company()?,
            family,
            (&draft, &totals),
            fields,
            &mut problems,
        );
    }
    problems.result()?;
    (document.input, document.draft, document.totals) = (whole, draft, totals);
    document.changed_at = desk.now.unix_timestamp();
    if closes {
        close::close(desk.company()?, &mut document);
        mail(desk, &document, fields)?;
    }
    let id = document.id;
    desk.company()?.documents.insert(id, document);
    Ok(json!({"valid": 1, "document_id": id}))
}

fn delete(desk: &mut Desk<'_>, family: Family, fields: &Fields) -> Result<Value> {
    let document = changeable(desk, family, fields)?;
    desk.company()?.documents.remove(&document.id);
    Ok(json!({"valid": 1}))
}

/// A draft of this family.
fn changeable(desk: &mut Desk<'_>, family: Family, fields: &Fields) -> Result<Document> {
    let company = desk.company()?;
    match company.documents.get(&fields.id("document_id")) {
        Some(document) if document.family != family => Err(Refusal::field("5 document_id")),
        Some(document) if !document.is_draft() => Err(Refusal::Old(
            "O documento está fechado e não pode ser alterado",
        )),
        Some(document) => Ok(document.clone()),
        None if fields.id("document_id") == 0 => Err(Refusal::field("1 document_id")),
        None => Err(Refusal::field("5 document_id")),
    }
}

fn drafted(
    desk: &mut Desk<'_>,
    family: Family,
    fields: &Fields,
) -> Result<(Draft, Totals, Problems)> {
    let mut problems = Problems::default();
    let reader = Reader {
        price_decimals: desk.world.settings.price_decimals,
        today: lisbon::day(desk.now),
        company: desk.company()?,
        family,
    };
    let draft = reader.read(fields, &mut problems);
    let totals = totalled(desk, &draft);
    Ok((draft, totals, problems))
}

fn totalled(desk: &Desk<'_>, draft: &Draft) -> Totals {
    totals::of(draft, Method::of(desk.world.settings.calc_method_id))
}

fn number_lines(desk: &mut Desk<'_>, draft: &mut Draft) {
    for line in &mut draft.lines {
        line.id = desk.world.next_id();
    }
}

/// Moloni mails the buyer by itself when the call that closes asks for it.
fn mail(desk: &mut Desk<'_>, document: &Document, fields: &Fields) -> Result<()> {
    let to = fields.list("send_email");
    let mails = to.iter().map(|one| {
        json!({"document_id": document.id, "email": one.text("email"), "name": one.text("name"), "msg": one.text("msg")})
    });
    desk.company()?.mails.extend(mails);
    Ok(())
}

pub(super) fn unrelated(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    let company = desk.company()?;
    let Some(document) = company.documents.get(&fields.id("document_id")) else {
        return Ok(json!([]));
    };
    let lines = credit::unrelated(company, document);
    let shown = lines
        .iter()
        .map(|line| show::line(company, document.id, line));
    Ok(shown.collect())
}

/// The address of a page, not of the file.
pub(super) fn pdf_link(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    let base = desk.base;
    let found = desk.company()?.documents.get(&fields.id("document_id"));
    match found.filter(|document| !document.is_draft()) {
        Some(document) => {
            let url = format!(
                "{base}/downloads/?h={}&d={}&i=1",
                document.secret, document.id
            );
            Ok(json!({"url": url}))
        }
        None => Err(Refusal::field("5 document_id")),
    }
}
