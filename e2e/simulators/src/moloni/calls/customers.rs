//! Customers: a number that must be unique, VAT numbers that need not be.

use super::super::document::read::is_portuguese_zip;
use super::super::fields::Fields;
use super::super::problems::{Problems, Refusal, Result};
use super::super::seed::{self, FINAL_CONSUMER, PORTUGAL};
use super::super::world::Company;
use super::{Desk, counted, is_like, lookups, page};
use crate::json::Json as _;
use serde_json::{Value, json};

/// What an insert must name, if only with `0` or an empty text.
const INSERT: [&str; 19] = [
    "vat",
    "number",
    "name",
    "contact_name",
    "address",
    "city",
    "zip_code",
    "country_id",
    "email",
    "phone",
    "language_id",
    "maturity_date_id",
    "payment_method_id",
    "salesman_id",
    "payment_day",
    "discount",
    "credit_limit",
    "delivery_method_id",
    "field_notes",
];
const NUMBERS: [&str; 9] = [
    "country_id",
    "language_id",
    "maturity_date_id",
    "payment_method_id",
    "salesman_id",
    "payment_day",
    "discount",
    "credit_limit",
    "delivery_method_id",
];
const FILLED: [&str; 5] = ["vat", "number", "name", "address", "city"];

pub(super) fn answer(desk: &mut Desk<'_>, method: &str, fields: &Fields) -> Result<Value> {
    match method {
        "getAll" => Ok(page(
            desk.company()?.table("customers").iter().cloned(),
            fields,
        )),
        "count" => Ok(counted(desk.company()?.table("customers").len())),
        "getOne" => {
            let id = fields.id("customer_id");
            let found = desk.company()?.row("customers", "customer_id", id);
            Ok(found.cloned().unwrap_or(json!([])))
        }
        "getByVat" => by(desk, "vat", fields),
        "getByEmail" => by(desk, "email", fields),
        "getByNumber" => by(desk, "number", fields),
        "getBySearch" => search(desk, fields),
        "getNextNumber" => Ok(json!({"number": next_number(desk.company()?)})),
        "insert" => insert(desk, fields),
        "update" => update(desk, fields),
        _ => Err(Refusal::Unknown),
    }
}

/// Several may be found, and near ones among them: `PT123456789` for `123456789`.
fn by(desk: &mut Desk<'_>, field: &str, fields: &Fields) -> Result<Value> {
    if fields.is_blank(field) {
        return Err(Refusal::field(format!("1 {field}")));
    }
    let bare = |text: &str| text.trim_start_matches("PT").to_owned();
    let wanted = bare(&fields.text(field));
    let rows = desk.company()?.table("customers").iter();
    let found = rows.filter(|row| is_like(&bare(row.text(field)), &wanted, fields));
    Ok(page(found.cloned(), fields))
}

fn search(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    if fields.is_blank("search") {
        return Err(Refusal::field("1 search"));
    }
    let wanted = fields.text("search");
    let rows = desk.company()?.table("customers").iter();
    let any = |row: &&Value| {
        let texts = ["name", "vat", "email", "number"].map(|field| row.text(field));
        texts
            .iter()
            .any(|text| is_like(text, &wanted, &Fields::default()))
    };
    Ok(page(rows.filter(any).cloned(), fields))
}

/// The number after the highest: not kept for whoever asked, and rubbish as soon as one customer
/// has a number that is none.
fn next_number(company: &Company) -> String {
    let mut highest = 0;
    for row in company.table("customers") {
        match row.text("number").parse::<u64>() {
            Ok(number) => highest = highest.max(number),
            Err(_) => return "NaN1".into(),
        }
    }
    (highest + 1).to_string()
}

fn insert(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    let mut problems = Problems::default();
    for field in INSERT.iter().filter(|field| !fields.has(field)) {
        problems.missing(field);
    }
    let row = read(desk.company()?, fields, 0, problems)?;
    lookups::add(desk, "customers", "customer_id", row)
}

/// Rewrites the card, also one that many buyers share.
fn update(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    let id = fields.id("customer_id");
    let company = desk.company()?;
    let Some(old) = company.row("customers", "customer_id", id) else {
        return Err(Refusal::field("5 customer_id"));
    };
    let whole = Fields::of(old.clone()).overlaid(fields);
    let fresh = read(company, &whole, id, Problems::default())?;
    for row in company.table_mut("customers") {
        if row.int("customer_id") == id {
            row.merge(&fresh);
        }
    }
    Ok(json!({"valid": 1, "customer_id": id}))
}

fn read(company: &Company, fields: &Fields, own: i64, mut problems: Problems) -> Result<Value> {
    for field in FILLED.iter().filter(|field| fields.is_blank(field)) {
        problems.missing(field);
    }
    let number = fields.text("number");
    let mut others = company.table("customers").iter();
    if others.any(|row| row.text("number") == number && row.int("customer_id") != own) {
        problems.add("4 number");
    }
    one_of(
        seed::global("countries"),
        "country_id",
        fields,
        &mut problems,
    );
    one_of(
        seed::global("languages"),
        "language_id",
        fields,
        &mut problems,
    );
    match fields.id("maturity_date_id") {
        0 => problems.add("2 maturity_date_id 1 0"),
        _ => one_of(
            company.table("maturityDates"),
            "maturity_date_id",
            fields,
            &mut problems,
        ),
    }
    for (table, key) in [
        ("paymentMethods", "payment_method_id"),
        ("deliveryMethods", "delivery_method_id"),
    ] {
        if fields.id(key) != 0 {
            one_of(company.table(table), key, fields, &mut problems);
        }
    }
    if fields.id("country_id") == PORTUGAL {
        portuguese(fields, &mut problems);
    }
    let email = fields.text("email");
    if !email.is_empty() && !email.contains('@') {
        problems.invalid("email");
    }
    problems.result()?;
    Ok(row(fields))
}

fn one_of(rows: &[Value], key: &str, fields: &Fields, problems: &mut Problems) {
    let id = fields.id(key);
    if id == 0 {
        problems.missing(key);
    } else if !rows.iter().any(|row| row.int(key) == id) {
        problems.invalid(key);
    }
}

fn portuguese(fields: &Fields, problems: &mut Problems) {
    let (zip, vat) = (fields.text("zip_code"), fields.text("vat"));
    if !is_portuguese_zip(&zip) {
        problems.add("2 zip_code 8 8");
    }
    if !vat.is_empty() && vat != FINAL_CONSUMER && !is_nif(&vat) {
        problems.invalid("vat");
    }
}

/// Nine digits, the last of which checks the others, modulo 11.
fn is_nif(vat: &str) -> bool {
    let digits: Vec<u32> = vat
        .chars()
        .filter_map(|letter| letter.to_digit(10))
        .collect();
    let Some((check, first)) = digits
        .split_last()
        .filter(|_| vat.len() == 9 && digits.len() == 9)
    else {
        return false;
    };
    let sum: u32 = first
        .iter()
        .zip((2..=9).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let expected = match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    *check == expected
}

fn row(fields: &Fields) -> Value {
    let mut row = json!({"salesman_id": 0, "notes": fields.text("notes")});
    for field in INSERT {
        row.set(field, fields.text(field));
    }
    for field in NUMBERS {
        row.set(field, fields.id(field));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::is_nif;

    #[test]
    fn a_tax_number_checks_itself() {
        assert!(is_nif("123456789") && is_nif("510999913") && is_nif("999999990"));
        assert!(!is_nif("123456780") && !is_nif("12345678") && !is_nif("12345678X"));
        assert!(!is_nif("1234567890"));
    }
}
