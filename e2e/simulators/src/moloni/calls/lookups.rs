//! What a company is set up with: series, taxes, ways of payment, units, …

use super::super::fields::Fields;
use super::super::problems::{Problems, Refusal, Result};
use super::{Desk, counted, page};
use crate::json::Json as _;
use crate::moloni::document::show::number;
use serde_json::{Value, json};

const TABLES: [&str; 8] = [
    "deliveryMethods",
    "documentSets",
    "maturityDates",
    "measurementUnits",
    "paymentMethods",
    "productCategories",
    "taxes",
    "warehouses",
];

pub(super) fn answer(
    desk: &mut Desk<'_>,
    resource: &str,
    method: &str,
    fields: &Fields,
) -> Result<Value> {
    if !TABLES.contains(&resource) {
        return Err(Refusal::Unknown);
    }
    match (resource, method) {
        ("productCategories", "getAll") => categories(desk, fields),
        (_, "getAll") => Ok(page(
            desk.company()?.table(resource).iter().cloned(),
            fields,
        )),
        (_, "count") => Ok(counted(desk.company()?.table(resource).len())),
        ("productCategories", "insert") => insert_category(desk, fields),
        ("paymentMethods", "insert") => insert_payment_method(desk, fields),
        ("taxes", "insert") => insert_tax(desk, fields),
        _ => Err(Refusal::Unknown),
    }
}

/// One level, not the tree; a parent that does not exist silently gives the top.
fn categories(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    if fields.is_blank("parent_id") {
        return Err(Refusal::field("1 parent_id"));
    }
    let company = desk.company()?;
    let given = fields.id("parent_id");
    let known = company.row("productCategories", "category_id", given);
    let parent = if known.is_some() { given } else { 0 };
    let rows = company.table("productCategories").iter();
    Ok(page(
        rows.filter(|row| row.int("parent_id") == parent).cloned(),
        fields,
    ))
}

fn insert_category(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    let mut problems = Problems::default();
    if fields.is_blank("name") {
        problems.missing("name");
    }
    if fields.is_blank("parent_id") {
        problems.missing("parent_id");
    }
    problems.result()?;
    let row = json!({"parent_id": fields.id("parent_id"), "name": fields.text("name"),
        "description": fields.text("description"), "image": "", "num_categories": 0, "num_products": 0});
    add(desk, "productCategories", "category_id", row)
}

fn insert_payment_method(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    if fields.is_blank("name") {
        return Err(Refusal::field("1 name"));
    }
    let row = json!({"name": fields.text("name"), "is_numerary": fields.id("is_numerary"),
        "is_mb": fields.id("is_mb"), "is_tpa": fields.id("is_tpa"), "is_credit": fields.id("is_credit")});
    add(desk, "paymentMethods", "payment_method_id", row)
}

fn insert_tax(desk: &mut Desk<'_>, fields: &Fields) -> Result<Value> {
    let mut problems = Problems::default();
    for field in [
        "name",
        "value",
        "type",
        "saft_type",
        "vat_type",
        "fiscal_zone",
    ] {
        if fields.is_blank(field) {
            problems.missing(field);
        }
    }
    problems.result()?;
    let row = json!({"name": fields.text("name"), "value": number(fields.amount("value")),
        "type": fields.id("type"), "saft_type": fields.id("saft_type"),
        "vat_type": fields.text("vat_type"), "fiscal_zone": fields.text("fiscal_zone"),
        "stamp_tax": fields.text("stamp_tax"), "country_id": fields.id("country_id"),
        "exemption_reason": fields.text("exemption_reason"), "active_by_default": 0, "visibility": 1});
    add(desk, "taxes", "tax_id", row)
}

/// Adds a row under a new id.
pub(super) fn add(desk: &mut Desk<'_>, table: &str, key: &str, mut row: Value) -> Result<Value> {
    let id = desk.world.next_id();
    row.set(key, id);
    desk.company()?.table_mut(table).push(row);
    Ok(json!({"valid": 1, key: id}))
}
