//! Products, which must exist before a document names them.

use super::super::document::LineTax;
use super::super::document::read::{exemption, rate};
use super::super::document::show::number;
use super::super::fields::Fields;
use super::super::problems::{Problems, Refusal, Result};
use super::super::world::Company;
use super::{Desk, counted, is_like, lookups, page};
use crate::json::Json as _;
use rust_decimal::Decimal;
use serde_json::{Value, json};

const REFERENCE_LENGTH_MAX: usize = 30;

pub(super) fn answer(desk: &mut Desk<'_>, method: &str, fields: &Fields) -> Result<Value> {
    match method {
        "getAll" => {
            let rows = desk.company()?.table("products").iter();
            let category = fields.id("category_id");
            let wanted = rows.filter(|row| category == 0 || row.int("category_id") == category);
            Ok(page(wanted.cloned(), fields))
        }
        "count" => Ok(counted(desk.company()?.table("products").len())),
        "getOne" => {
            let id = fields.id("product_id");
            let found = desk.company()?.row("products", "product_id", id);
            Ok(found.cloned().unwrap_or(json!([])))
        }
        "getByReference" => by(desk, "reference", fields),
        "getByName" => by(desk, "name", fields),
        "getByEAN" => by(desk, "ean", fields),
        "insert" => insert(desk, fields),
        "update" => update(desk, fields),
        _ => Err(Refusal::Unknown),
    }
}

fn by(desk: &mut Desk<'_>, field: &str, fields: &Fields) -> Result<Value> {
    if fields.is_blank(field) {
        return Err(Refusal::field(format!("1 {field}")));
    }
    let wanted = fields.text(field);
    let rows = desk.company()?.table("products").iter();
    let found = rows.filter(|row| is_like(row.text(field), &wanted, fields));
    Ok(page(found.cloned(), fields))
}

fn insert(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    let row = read(desk.company()?, fields, 0)?;
    lookups::add(desk, "products", "product_id", row)
}

fn update(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    let id = fields.id("product_id");
    let company = desk.company()?;
    let Some(old) = company.row("products", "product_id", id) else {
        return Err(Refusal::field("5 product_id"));
    };
    let whole = Fields::of(old.clone()).overlaid(fields);
    let fresh = read(company, &whole, id)?;
    for row in company.table_mut("products") {
        if row.int("product_id") == id {
            row.merge(&fresh);
        }
    }
    Ok(json!({"valid": 1, "product_id": id}))
}

fn read(company: &Company, fields: &Fields, own: i64) -> Result<Value> {
    let mut problems = Problems::default();
    listed(
        company,
        ("productCategories", "category_id"),
        fields,
        &mut problems,
    );
    listed(
        company,
        ("measurementUnits", "unit_id"),
        fields,
        &mut problems,
    );
    match fields.int("type") {
        None => problems.missing("type"),
        Some(1..=3) => {}
        Some(_) => problems.invalid("type"),
    }
    for field in ["name", "has_stock"] {
        if fields.is_blank(field) {
            problems.missing(field);
        }
    }
    reference(company, fields, own, &mut problems);
    match fields.decimal("price") {
        None => problems.missing("price"),
        Some(price) if price <= Decimal::ZERO => problems.add("2 price 0 null null 0"),
        Some(_) => {}
    }
    let taxes = taxes(company, fields, &mut problems);
    exemption(fields, &taxes, &mut problems);
    problems.result()?;
    Ok(row(company, fields, &taxes))
}

/// A field that must name a row of a table: 0 is out of range, another one not in the list.
fn listed(company: &Company, (table, key): (&str, &str), fields: &Fields, problems: &mut Problems) {
    let id = fields.id(key);
    if id <= 0 {
        problems.add(format!("2 {key} 1 0"));
    } else if company.row(table, key, id).is_none() {
        problems.invalid(key);
    }
}

fn reference(company: &Company, fields: &Fields, own: i64, problems: &mut Problems) {
    let reference = fields.text("reference");
    let mut others = company.table("products").iter();
    if reference.is_empty() {
        problems.missing("reference");
    } else if reference.chars().count() > REFERENCE_LENGTH_MAX {
        problems.add(format!("2 reference 1 {REFERENCE_LENGTH_MAX}"));
    } else if others.any(|row| row.text("reference") == reference && row.int("product_id") != own) {
        problems.add("4 reference");
    }
}

fn taxes(company: &Company, fields: &Fields, problems: &mut Problems) -> Vec<LineTax> {
    let mut taxes = Vec::new();
    for given in fields.list("taxes") {
        match company.row("taxes", "tax_id", given.id("tax_id")) {
            Some(tax) => taxes.push(LineTax {
                rate: rate(tax),
                tax: tax.clone(),
            }),
            None => problems.invalid("tax_id"),
        }
    }
    taxes
}

fn row(company: &Company, fields: &Fields, taxes: &[LineTax]) -> Value {
    let part = |table, key| {
        company
            .row(table, key, fields.id(key))
            .cloned()
            .unwrap_or_default()
    };
    let price = fields.amount("price");
    let shown: Vec<_> = taxes
        .iter()
        .enumerate()
        .map(|(order, tax)| {
            json!({"tax_id": tax.tax.part("tax_id"), "value": number(price * tax.rate / Decimal::ONE_HUNDRED),
                   "order": order + 1, "cumulative": 0, "tax": tax.tax})
        })
        .collect();
    let visibility = fields.int("visibility_id").unwrap_or(1);
    json!({"category_id": fields.id("category_id"), "type": fields.id("type"), "name": fields.text("name"),
        "summary": fields.text("summary"), "reference": fields.text("reference"), "ean": fields.text("ean"),
        "price": number(price), "unit_id": fields.id("unit_id"), "has_stock": fields.id("has_stock"),
        "stock": 0, "minimum_stock": 0, "image": "", "exemption_reason": fields.text("exemption_reason"),
        "at_product_category": fields.text("at_product_category"), "composition_type": 0,
        "warehouse_id": fields.id("warehouse_id"), "visibility_id": visibility, "notes": fields.text("notes"),
        "category": part("productCategories", "category_id"),
        "measurement_unit": part("measurementUnits", "unit_id"), "taxes": shown, "child_products": []})
}
